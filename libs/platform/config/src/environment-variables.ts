/** The variables of a process, as given by the operating system. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;
