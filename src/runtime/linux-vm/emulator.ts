/**
 * What of v86 is used, so that nothing here imports it: a page loads its own copy, a test takes the installed package. The class `V86`
 * of either fits.
 */
export interface Emulator {
  add_listener(event: 'emulator-started', listener: () => void): void;
  add_listener(event: SerialOutput, listener: (byte: number) => void): void;
  remove_listener(event: SerialOutput, listener: (byte: number) => void): void;
  serial_send_bytes(serial: number, data: Uint8Array): void;
  /** Puts a file on the 9p share, which the guest has under /mnt/host. */
  create_file(file: string, data: Uint8Array): Promise<void>;
  run(): Promise<void>;
  stop(): Promise<void>;
  is_running(): boolean;
  destroy(): Promise<void>;
}

type SerialOutput = 'serial0-output-byte' | 'serial1-output-byte';

/** The options of v86 that are given here; the machine's own stand in the manifest of the image. */
export interface EmulatorOptions extends MachineOptions {
  wasm_fn: (imports: WebAssembly.Imports) => Promise<WebAssembly.Exports>;
  initial_state: { buffer: ArrayBuffer };
  autostart: boolean;
}

/** The machine that the snapshot was taken of: one with other parts cannot take it in. */
export interface MachineOptions {
  memory_size: number;
  vga_memory_size: number;
  uart1: boolean;
  acpi: boolean;
  fastboot: boolean;
  disable_keyboard: boolean;
  disable_mouse: boolean;
  disable_speaker: boolean;
  filesystem: Record<string, never>;
}

export type EmulatorClass = new (options: EmulatorOptions) => Emulator;
