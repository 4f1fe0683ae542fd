import type { Page, PageRequest } from './page.ts';

export interface Domain {
  readonly id: string;
  /** Kebab case, unique. */
  readonly name: string;
  readonly title?: string;
  readonly createdAtMs: number;
  readonly generation: number;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly contact?: string;
  readonly createdAtMs: number;
  readonly generation: number;
}

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  /** Kafka principal, `User:<name>`. */
  readonly principal: string;
  readonly createdAtMs: number;
  readonly generation: number;
}

/** Lookups of one kind of named entity. Lists are ordered by name. */
export interface NamedReads<T> {
  byIds(ids: readonly string[]): Promise<readonly T[]>;
  byName(name: string): Promise<T | undefined>;
  list(page: PageRequest): Promise<Page<T>>;
}

export interface TeamReads extends NamedReads<Team> {
  byDomainIds(domainIds: readonly string[]): Promise<readonly Team[]>;
}

/** `create` throws `HW_STORE_NAME_TAKEN` when the name exists. */
export interface DomainStore extends NamedReads<Domain> {
  create(domain: Pick<Domain, 'id' | 'name' | 'title'>): Promise<Domain>;
}
export interface TeamStore extends TeamReads {
  create(team: Pick<Team, 'id' | 'name' | 'domainId' | 'contact'>): Promise<Team>;
}
export interface ApplicationStore extends NamedReads<Application> {
  create(application: Pick<Application, 'id' | 'name' | 'teamId' | 'principal'>): Promise<Application>;
}
