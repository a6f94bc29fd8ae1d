interface ImportMetaEnv {
  readonly VITE_FOOTFALL_ENDPOINT?: string;
}
