interface ImportMetaEnv {
  /**
   * True in `npm start` and `npm run dev`, where the page's own server runs programs. A literal at build time: code behind it, and what that
   * code imports, is not in a deployed build.
   */
  readonly PUBLIC_LOCAL_RUNNER: boolean;
  /** The Linux image that was there when the site was built. Only for what is rendered then: in a script it would be 5 kB. */
  readonly LINUX_IMAGE: import('./runtime/linux-vm/image.ts').ImageManifest | null;
}
