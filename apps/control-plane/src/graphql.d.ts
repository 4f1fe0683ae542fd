declare module '*.graphql' {
  const sdl: string;
  export { sdl as default };
}
