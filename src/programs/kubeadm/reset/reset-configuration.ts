import { documentsOf, type Fields, listOf, textOf } from "../configuration-file.ts";
import { fileErrors, type KubeadmContext, KubeadmError } from "../context.ts";

/** ResetConfiguration (kubeadm.k8s.io/v1beta4). Empty texts say nothing. */
export interface ResetConfiguration {
  readonly certificatesDir: string;
  readonly criSocket: string;
  readonly ignorePreflightErrors: readonly string[];
  readonly skipPhases: readonly string[];
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly cleanupTmpDir: boolean;
}

/** The file's ResetConfiguration; without a path what says nothing. Throws `KubeadmError`. */
export function readResetConfiguration({ process }: KubeadmContext, path: string): ResetConfiguration {
  if (path === "") return fieldsRead({});
  const start = `unable to read config from ${JSON.stringify(path)} : `;
  const content = fileErrors(start, "open", () => process.fs.readText(path));
  const document = documentsOf(content).find(({ kind }) => kind === "ResetConfiguration");
  if (document === undefined) throw new KubeadmError("no ResetConfiguration found in the supplied config");
  return fieldsRead(document);
}

function fieldsRead(fields: Fields): ResetConfiguration {
  return {
    certificatesDir: textOf(fields["certificatesDir"]),
    criSocket: textOf(fields["criSocket"]),
    ignorePreflightErrors: listOf(fields["ignorePreflightErrors"]).map(String),
    skipPhases: listOf(fields["skipPhases"]).map(String),
    dryRun: fields["dryRun"] === true,
    force: fields["force"] === true,
    cleanupTmpDir: fields["cleanupTmpDir"] === true,
  };
}
