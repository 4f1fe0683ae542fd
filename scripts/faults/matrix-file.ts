import type { FaultPointName } from '@headwater/core-staging';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { faultKinds, type Cell, type FaultKind } from './cell.ts';

export type SceneName = 'staging' | 's3' | 'control' | 'operate' | 'cluster';

/** One pair of the matrix. */
export interface MatrixPair {
  readonly point: string;
  readonly kind: FaultKind;
  readonly scene: SceneName;
  /** Why the pair cannot be run, in words; absent when it is run. */
  readonly reason?: string;
}

export type SceneCell = Cell & { readonly scene: SceneName };

interface MatrixText {
  readonly points: readonly { readonly name: string; readonly scene: SceneName }[];
  readonly kinds: readonly FaultKind[];
  readonly absent: readonly { readonly point: string; readonly reason: string }[];
  readonly inapplicable: readonly {
    readonly points: readonly string[];
    readonly kinds: readonly string[];
    readonly reason: string;
  }[];
}

export const matrixFile = path.join(import.meta.dirname, 'matrix.yaml');

/** Every point x every kind, points whose feature is absent last. */
export function readMatrix(): readonly MatrixPair[] {
  const text = parse(readFileSync(matrixFile, 'utf8')) as MatrixText;
  const unknown = text.kinds.filter((kind) => !faultKinds.includes(kind));
  if (unknown.length > 0) throw new Error(`${matrixFile}: unknown kinds ${unknown.join(', ')}`);
  const run = text.points.flatMap(({ name, scene }) =>
    text.kinds.map((kind): MatrixPair => {
      const rule = text.inapplicable.find(
        ({ points, kinds }) =>
          points.some((each) => fits(each, name)) && kinds.some((each) => fits(each, kind)),
      );
      return {
        point: name,
        kind,
        scene: sceneOf(scene, kind),
        ...(rule === undefined ? {} : { reason: rule.reason }),
      };
    }),
  );
  const absent = text.absent.flatMap(({ point, reason }) =>
    text.kinds.map((kind): MatrixPair => ({ point, kind, scene: 'staging', reason })),
  );
  return [...run, ...absent];
}

function sceneOf(scene: SceneName, kind: FaultKind): SceneName {
  if (kind === 'broker-other-leader') return 'cluster';
  return kind.startsWith('s3-') ? 's3' : scene;
}

const fits = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`).test(name);

/** The applicable cells with the seeds 1..n, ordered so that neighbours of one kind do not follow each other. */
export function toCells(pairs: readonly MatrixPair[], seeds: number): readonly SceneCell[] {
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    pairs
      .filter(({ reason }) => reason === undefined)
      .map(({ point, kind, scene }) => ({ point: point as FaultPointName, kind, scene, seed })),
  );
}
