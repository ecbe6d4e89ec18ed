import { base64, text } from "../../../base/bytes.ts";
import { type FileSystem, FsError } from "../../../vfs/file-system.ts";
import { CommandError } from "../core/failure.ts";

/** What --from-file, --from-literal and --from-env-file gave, by key. */
export type ConfigData = Map<string, Uint8Array | string>;

const KEY = /^[-._a-zA-Z0-9]+$/;

/** Reads all sources; `owner` is named in the error about a key given twice. Throws `CommandError`. */
export function configSources(
  fs: FileSystem,
  flags: {
    readonly files: readonly string[];
    readonly literals: readonly string[];
    readonly envFiles: readonly string[];
  },
  owner: { readonly kind: string; readonly name: string },
  env: ReadonlyMap<string, string>,
): ConfigData {
  if (flags.envFiles.length > 0 && (flags.files.length > 0 || flags.literals.length > 0)) {
    throw new CommandError("from-env-file cannot be combined with from-file or from-literal");
  }
  const data: ConfigData = new Map();
  const add = (key: string, value: Uint8Array | string) => addKey(data, key, value, owner);
  for (const literal of flags.literals) addLiteral(literal, add);
  for (const file of flags.files) addFile(fs, file, add);
  for (const file of flags.envFiles) addEnvFile(fs, file, env, add);
  return data;
}

type Add = (key: string, value: Uint8Array | string) => void;

function addKey(
  data: ConfigData,
  key: string,
  value: Uint8Array | string,
  owner: { kind: string; name: string },
): void {
  if (!KEY.test(key) || key === "." || key === ".." || key.length > 253) {
    throw new CommandError(
      `"${key}" is not a valid key name for a ${owner.kind}: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    );
  }
  if (data.has(key)) {
    const where = owner.kind === "ConfigMap" ? ` in Data for ConfigMap "${owner.name}"` : "";
    throw new CommandError(
      `cannot add key ${owner.kind === "ConfigMap" ? `"${key}"` : key}, another key by that name already exists${where}`,
    );
  }
  data.set(key, value);
}

function addLiteral(literal: string, add: Add): void {
  const equals = literal.indexOf("=");
  if (equals <= 0) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
  let value = literal.slice(equals + 1);
  const quoted = /^(['"])([\s\S]*)\1$/.exec(value);
  if (quoted !== null && value.length >= 2) value = quoted[2] ?? "";
  add(literal.slice(0, equals), value);
}

function addFile(fs: FileSystem, source: string, add: Add): void {
  const equals = source.indexOf("=");
  const path = equals < 0 ? source : source.slice(equals + 1);
  const key = equals < 0 ? (path.split("/").pop() ?? "") : source.slice(0, equals);
  if (equals === 0) throw new CommandError(`key name for file path ${path} missing`);
  if (equals >= 0 && path === "") throw new CommandError(`file path for key name ${key} missing`);
  if (!fs.exists(path)) throw new CommandError(`error reading ${path}: no such file or directory`);
  if (fs.stat(path).type !== "directory") {
    add(key, readBytes(fs, path));
    return;
  }
  if (equals >= 0) throw new CommandError("cannot give a key name for a directory path");
  for (const entry of fs.readdir(path)) {
    const file = `${path.replace(/\/+$/, "")}/${entry}`;
    if (fs.stat(file).type === "file") add(entry, readBytes(fs, file));
  }
}

function readBytes(fs: FileSystem, path: string): Uint8Array {
  try {
    return fs.readFile(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

function addEnvFile(fs: FileSystem, path: string, env: ReadonlyMap<string, string>, add: Add): void {
  if (!fs.exists(path)) throw new CommandError(`error reading ${path}: no such file or directory`);
  if (fs.stat(path).type === "directory") throw new CommandError(`env config file ${path} cannot be a directory`);
  for (const raw of text(readBytes(fs, path)).split("\n")) {
    const line = raw.replace(/\r$/, "").replace(/^\s+/, "");
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const key = equals < 0 ? line : line.slice(0, equals);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      throw new CommandError(
        `"${key}" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
      );
    }
    if (equals < 0 && !env.has(key)) continue;
    add(key, equals < 0 ? (env.get(key) ?? "") : line.slice(equals + 1));
  }
}

/** ConfigMap's data and binaryData. */
export function configMapData(data: ConfigData): {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
} {
  const plain: Record<string, string> = {};
  const binary: Record<string, string> = {};
  for (const [key, value] of data) {
    if (typeof value === "string") plain[key] = value;
    else if (isUtf8(value)) plain[key] = text(value);
    else binary[key] = base64(value);
  }
  return {
    ...(Object.keys(plain).length === 0 ? {} : { data: plain }),
    ...(Object.keys(binary).length === 0 ? {} : { binaryData: binary }),
  };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
