import type { Stack } from '@headwater/platform-embedded';

/** One line of the table of `bench:staging -- --rivals`. */
export interface TableRow {
  readonly work: string;
  readonly against: string;
  /** What is to be reached, as a person writes it: `>= 6x`. */
  readonly goal: string;
  /** What this run measured: `7.40x`. */
  readonly measured: string;
  readonly isReached: boolean;
}

/** What a section of the bench works with; each has a stack of its own, so that none pays for another. */
export interface BenchWorld {
  readonly stack: Stack;
  /** Folder of this section, removed after it. */
  readonly home: string;
  readonly benchDir: string;
  /** Where the parts of the stack are kept once they are fetched. */
  readonly cacheDir: string;
  /** Where the rivals are kept once they are installed. */
  readonly rivalsDir: string;
  /** Of the JDK that the broker runs with. */
  readonly javaHome: string;
  say(text: string): void;
}

export type Section = (world: BenchWorld) => Promise<readonly TableRow[]>;
