import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import { fieldRenderings } from "./output/field-renderings.ts";
import { jsonRenderings } from "./output/json-renderings.ts";
import { protobufRenderings } from "./output/protobuf-renderings.ts";
import type { Renderings } from "./output/renderings.ts";
import { simpleRenderings } from "./output/simple-renderings.ts";
import { tableRenderings } from "./output/table-renderings.ts";
import type { EtcdctlProfile } from "./profile.ts";

const FORMATS = ["simple", "fields", "json", "table", "protobuf"] as const;

/** `--write-out` */
export type Format = (typeof FORMATS)[number];

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

/** Writes answers in the format that was asked for. */
export class Display {
  readonly format: Format;
  private readonly hex: boolean;
  private readonly profile: EtcdctlProfile;
  private renderings: Partial<Renderings>;

  constructor(format: Format, hex: boolean, profile: EtcdctlProfile) {
    this.format = format;
    this.hex = hex;
    this.profile = profile;
    this.renderings = this.choose();
  }

  private choose(): Partial<Renderings> {
    switch (this.format) {
      case "simple":
        return simpleRenderings(this.profile, this.hex, false);
      case "json":
        return jsonRenderings(this.profile, this.hex);
      case "fields":
        return fieldRenderings(this.profile, this.hex);
      case "table":
        return tableRenderings(this.profile);
      case "protobuf":
        return protobufRenderings();
    }
  }

  /** From now on only values, no keys; for the simple format. */
  showValuesOnly(): void {
    this.renderings = simpleRenderings(this.profile, this.hex, true);
  }

  /** How to write answers of a kind. Fails with exit code 4 where the format has no way to. */
  of<K extends keyof Renderings>(kind: K): Renderings[K] {
    const rendering = this.renderings[kind];
    if (rendering === undefined) {
      throw new CommandFailure(EXIT.badFeature, `${this.format} not supported as output format`);
    }
    return rendering;
  }
}
