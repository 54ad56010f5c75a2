// Loaded into npm before it starts, on an old Node only (tools/install.mjs).
//
// npm leaves out an optional package whose `engines` do not fit the Node that npm itself runs on. The native parts of the build tools are
// such packages and ask for 20.19 or 22.12; but they will run on the Node that this very installation brings (tools/toolchain-node).
// So npm is told a version that both the native parts and toolchain-node fit.
Object.defineProperty(process, 'version', { value: 'v22.18.0' });
