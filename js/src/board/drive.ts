/** MicroPython onto the drive of a board in BOOTSEL mode, once the browser's user has chosen that drive. */
const ABOUT = "INFO_UF2.TXT";
const FILE = "micropython.uf2";
const NO_DRIVE =
  "That is not the drive of a Pico W or Pico 2 W. It is called RPI-RP2 or RP2350, and is there while the board was plugged in with its BOOTSEL button held.";

export interface Drive {
  folder: FileSystemDirectoryHandle;
  model: string;
}

export const hasPicker = "showDirectoryPicker" in window;

/** Has the user choose it, within a click; null if none was chosen. `models` by what drives call their chips. */
export async function choose(models: Record<string, string>): Promise<Drive | null> {
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await window.showDirectoryPicker({ id: "picopanel", mode: "readwrite" });
  } catch (cause) {
    if ((cause as Error).name === "AbortError") return null;
    throw cause;
  }
  const about = await textOf(folder, ABOUT).catch(() => "");
  const chip = /^Model: Raspberry Pi (\w+)\s*$/m.exec(about)?.[1];
  if (!chip || !Object.hasOwn(models, chip)) throw new Error(NO_DRIVE);
  return { folder, model: models[chip] };
}

/** The board restarts with the last block, often before the browser is done with the file: that is no failure. */
export async function put(folder: FileSystemDirectoryHandle, image: Uint8Array): Promise<void> {
  const file = await (await folder.getFileHandle(FILE, { create: true })).createWritable();
  await file.write(image as BufferSource);
  await file.close().catch(() => {});
}

async function textOf(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  return (await (await folder.getFileHandle(name)).getFile()).text();
}
