interface ImportMetaEnv {
  /**
   * True in `npm start` and `npm run dev`, where the page's own server runs programs. A literal at build time: code behind it, and what that
   * code imports, is not in a deployed build.
   */
  readonly PUBLIC_LOCAL_RUNNER: boolean;
}
