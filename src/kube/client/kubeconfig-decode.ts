import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import { DecodeError, decodeStruct, type Fields } from "../api/decode.ts";
import { schemaOf } from "../api/schema.ts";
import { readVersionKind } from "../api/version-kind.ts";
import { ConfigError } from "./rest-config.ts";

const SCHEME = "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50";

/**
 * Reads the text of a kubeconfig as its Go type has it; what says neither version nor kind is taken for one (client-go
 * clientcmd Load). Unknown fields are passed over. Throws `ConfigError` with upstream's text.
 */
export function decodeKubeconfig(content: string): Fields {
  try {
    const value = parseYamlDocument(content);
    const { apiVersion, kind } = readVersionKind(value);
    if ((apiVersion || "v1") !== "v1" || (kind || "Config") !== "Config")
      throw new ConfigError(
        `no kind "${kind || "Config"}" is registered for version "${apiVersion || "v1"}" in scheme "${SCHEME}"`,
      );
    return decodeStruct(schemaOf("clientcmd/v1.Config"), value);
  } catch (error) {
    if (error instanceof YamlError || error instanceof DecodeError) throw new ConfigError(error.message);
    throw error;
  }
}
