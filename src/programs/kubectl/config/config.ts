import { base64 } from "../../../base/bytes.ts";
import { alignTabs, GET_TABS } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { offers } from "../completion/resources.ts";
import { CommandError, PlainError, usageError } from "../core/failure.ts";
import { type Fields, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import {
  CLUSTERS,
  CONTEXTS,
  entryOf,
  readConfigDocument,
  type Section,
  USERS,
  withEntry,
  writeConfigDocument,
} from "./document.ts";
import { setProperty, unsetProperty } from "./properties.ts";
import { viewConfig } from "./view.ts";

type Work = (kubectl: Kubectl) => Task<number>;

function command(name: string, use: string | undefined, short: string, run: Work, names?: Section): KubectlCommand {
  return {
    name,
    ...(use === undefined ? {} : { use }),
    short,
    flags: flagsFor(`config ${name}`),
    run,
    ...(name === "use-context" ? { aliases: ["use"] } : {}),
    ...(names === undefined
      ? {}
      : {
          *complete(kubectl: Kubectl, _parsed: unknown, word: string) {
            const { document } = readConfigDocument(kubectl);
            return offers(
              listAt(document, names.list).map((one) => textAt(one, "name")),
              word,
            );
          },
        }),
  };
}

function oneArgument(kubectl: Kubectl): string {
  const [name, ...more] = kubectl.parsed.args;
  if (name === undefined || more.length > 0) {
    throw usageError(kubectl.path, `Unexpected args: ${`[${kubectl.parsed.args.join(" ")}]`}`);
  }
  return name;
}

function* currentContext(kubectl: Kubectl): Task<number> {
  const current = textAt(readConfigDocument(kubectl).document, "current-context");
  if (current === "") throw new CommandError("current-context is not set");
  yield* kubectl.out(`${current}\n`);
  return 0;
}

function* useContext(kubectl: Kubectl): Task<number> {
  const name = oneArgument(kubectl);
  const { document, file } = readConfigDocument(kubectl);
  if (entryOf(document, CONTEXTS, name) === undefined)
    throw new CommandError(`no context exists with the name: "${name}"`);
  writeConfigDocument(kubectl, file, { ...document, "current-context": name });
  yield* kubectl.out(`Switched to context "${name}".\n`);
  return 0;
}

function* getContexts(kubectl: Kubectl): Task<number> {
  const { document } = readConfigDocument(kubectl);
  const current = textAt(document, "current-context");
  const all = listAt(document, "contexts").map((one) => textAt(one, "name"));
  const wanted = kubectl.parsed.args.length === 0 ? all : kubectl.parsed.args;
  const errors = wanted.filter((name) => !all.includes(name)).map((name) => `context ${name} not found`);
  const rows = wanted.filter((name) => all.includes(name)).map((name) => contextRow(document, name, name === current));
  if (kubectl.flag("output") === "name") {
    yield* kubectl.out(
      wanted
        .filter((name) => all.includes(name))
        .map((name) => `${name}\n`)
        .join(""),
    );
  } else {
    const header = kubectl.isSet("no-headers") ? [] : ["CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE"];
    const lines = [...header, ...rows];
    if (lines.length > 0) yield* kubectl.out(`${alignTabs(lines.join("\n"), GET_TABS)}\n`);
  }
  if (errors.length > 0) throw new CommandError(errors.join("\n"));
  return 0;
}

function contextRow(document: Fields, name: string, current: boolean): string {
  const context = entryOf(document, CONTEXTS, name);
  const cells = [
    current ? "*" : "",
    name,
    textAt(context, "cluster"),
    textAt(context, "user"),
    textAt(context, "namespace"),
  ];
  return cells.join("\t");
}

function listNames(section: Section): Work {
  return function* list(kubectl) {
    const names = listAt(readConfigDocument(kubectl).document, section.list).map((one) => textAt(one, "name"));
    yield* kubectl.out(["NAME", ...names].map((name) => `${name}\n`).join(""));
    return 0;
  };
}

function* renameContext(kubectl: Kubectl): Task<number> {
  const [from, to, ...more] = kubectl.parsed.args;
  if (from === undefined || to === undefined || more.length > 0) {
    throw usageError(kubectl.path, `Unexpected args: [${kubectl.parsed.args.join(" ")}]`);
  }
  const { document, file } = readConfigDocument(kubectl);
  const context = entryOf(document, CONTEXTS, from);
  if (context === undefined) throw new CommandError(`cannot rename the context "${from}", it's not in ${file}`);
  if (entryOf(document, CONTEXTS, to) !== undefined) {
    throw new CommandError(`cannot rename the context "${from}", the context "${to}" already exists in ${file}`);
  }
  const renamed = withEntry(withEntry(document, CONTEXTS, from, undefined), CONTEXTS, to, context);
  const current = textAt(document, "current-context");
  writeConfigDocument(kubectl, file, { ...renamed, "current-context": current === from ? to : current });
  yield* kubectl.out(`Context "${from}" renamed to "${to}".\n`);
  return 0;
}

function remove(section: Section, noun: string): Work {
  return function* run(kubectl) {
    const name = oneArgument(kubectl);
    const { document, file } = readConfigDocument(kubectl);
    if (entryOf(document, section, name) === undefined) {
      throw new CommandError(`cannot delete ${noun} ${name}, not in ${file}`);
    }
    if (section === CONTEXTS && textAt(document, "current-context") === name) {
      yield* kubectl.err(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      );
    }
    writeConfigDocument(kubectl, file, withEntry(document, section, name, undefined));
    yield* kubectl.out(`deleted ${noun} ${name} from ${file}\n`);
    return 0;
  };
}

function* setContext(kubectl: Kubectl): Task<number> {
  const current = kubectl.isSet("current");
  const { document, file } = readConfigDocument(kubectl);
  const [given, ...more] = kubectl.parsed.args;
  if (current && given !== undefined)
    throw usageError(kubectl.path, "you cannot specify both a context name and --current");
  const name = current ? textAt(document, "current-context") : (given ?? "");
  if (current && name === "") throw new CommandError("no current context is set");
  if (name === "" || more.length > 0) throw new CommandError("you must specify a non-empty context name or --current");
  const before = entryOf(document, CONTEXTS, name);
  if (current && before === undefined) throw new CommandError(`no context exists with the name: "${name}"`);
  const after = withFlags(kubectl, before ?? {}, [
    ["cluster", "cluster"],
    ["user", "user"],
    ["namespace", "namespace"],
  ]);
  writeConfigDocument(kubectl, file, withEntry(document, CONTEXTS, name, after));
  yield* kubectl.out(`Context "${name}" ${before === undefined ? "created" : "modified"}.\n`);
  return 0;
}

function withFlags(kubectl: Kubectl, before: Fields, flags: readonly (readonly [flag: string, key: string])[]): Fields {
  const after: Record<string, unknown> = { cluster: "", user: "", ...before };
  if (before["cluster"] === undefined && !flags.some(([flag]) => flag === "cluster")) delete after["cluster"];
  if (before["user"] === undefined && !flags.some(([flag]) => flag === "namespace")) delete after["user"];
  for (const [flag, key] of flags) {
    if (!kubectl.parsed.changed(flag)) continue;
    if (kubectl.flag(flag) === "") delete after[key];
    else after[key] = kubectl.flag(flag);
  }
  return after;
}

/** A file's path, or with --embed-certs its content. */
function certificateField(kubectl: Kubectl, content: Record<string, unknown>, flag: string): void {
  if (!kubectl.parsed.changed(flag)) return;
  const path = kubectl.flag(flag);
  delete content[`${flag}-data`];
  delete content[flag];
  if (path === "") return;
  if (!kubectl.isSet("embed-certs")) {
    content[flag] = path.startsWith("/") ? path : `${kubectl.process.cwd.replace(/\/$/, "")}/${path}`;
    return;
  }
  try {
    content[`${flag}-data`] = base64(kubectl.process.fs.readFile(path));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`could not read ${flag} data from ${path}: ${goFsError("open", error)}`);
  }
}

function* setCluster(kubectl: Kubectl): Task<number> {
  const name = oneArgument(kubectl);
  const { document, file } = readConfigDocument(kubectl);
  const content: Record<string, unknown> = { server: "", ...entryOf(document, CLUSTERS, name) };
  if (kubectl.parsed.changed("server")) content["server"] = kubectl.flag("server").replace(/\/+$/, "");
  if (kubectl.parsed.changed("tls-server-name")) content["tls-server-name"] = kubectl.flag("tls-server-name");
  if (kubectl.parsed.changed("insecure-skip-tls-verify")) {
    if (kubectl.isSet("insecure-skip-tls-verify")) content["insecure-skip-tls-verify"] = true;
    else delete content["insecure-skip-tls-verify"];
  }
  certificateField(kubectl, content, "certificate-authority");
  writeConfigDocument(kubectl, file, withEntry(document, CLUSTERS, name, content));
  yield* kubectl.out(`Cluster "${name}" set.\n`);
  return 0;
}

function* setCredentials(kubectl: Kubectl): Task<number> {
  const name = oneArgument(kubectl);
  const { document, file } = readConfigDocument(kubectl);
  const content: Record<string, unknown> = { ...entryOf(document, USERS, name) };
  certificateField(kubectl, content, "client-certificate");
  certificateField(kubectl, content, "client-key");
  for (const flag of ["token", "username", "password"]) {
    if (kubectl.parsed.changed(flag)) content[flag] = kubectl.flag(flag);
  }
  if (kubectl.parsed.changed("exec-command") || kubectl.parsed.changed("auth-provider")) {
    throw new PlainError("not simulated in this sandbox: credential plugins");
  }
  writeConfigDocument(kubectl, file, withEntry(document, USERS, name, content));
  yield* kubectl.out(`User "${name}" set.\n`);
  return 0;
}

/** kubectl config */
export const config: KubectlCommand = {
  name: "config",
  use: "SUBCOMMAND",
  short: "Modify kubeconfig files",
  long: "Look at kubeconfig files and change them: --kubeconfig names one, else $KUBECONFIG lists some, else it is ~/.kube/config.",
  commands: [
    command("current-context", undefined, "Display the current-context", currentContext),
    command(
      "delete-cluster",
      "NAME",
      "Delete the specified cluster from the kubeconfig",
      remove(CLUSTERS, "cluster"),
      CLUSTERS,
    ),
    command(
      "delete-context",
      "NAME",
      "Delete the specified context from the kubeconfig",
      remove(CONTEXTS, "context"),
      CONTEXTS,
    ),
    command("delete-user", "NAME", "Delete the specified user from the kubeconfig", remove(USERS, "user"), USERS),
    command("get-clusters", undefined, "Display clusters defined in the kubeconfig", listNames(CLUSTERS)),
    command("get-contexts", "[(-o|--output=)name)]", "Describe one or many contexts", getContexts, CONTEXTS),
    command("get-users", undefined, "Display users defined in the kubeconfig", listNames(USERS)),
    command(
      "rename-context",
      "CONTEXT_NAME NEW_NAME",
      "Rename a context from the kubeconfig file",
      renameContext,
      CONTEXTS,
    ),
    command("set", "PROPERTY_NAME PROPERTY_VALUE", "Set an individual value in a kubeconfig file", setProperty),
    command(
      "set-cluster",
      "NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]",
      "Set a cluster entry in kubeconfig",
      setCluster,
      CLUSTERS,
    ),
    command(
      "set-context",
      "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
      "Set a context entry in kubeconfig",
      setContext,
      CONTEXTS,
    ),
    command(
      "set-credentials",
      "NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password]",
      "Set a user entry in kubeconfig",
      setCredentials,
      USERS,
    ),
    command("unset", "PROPERTY_NAME", "Unset an individual value in a kubeconfig file", unsetProperty),
    command("use-context", "CONTEXT_NAME", "Set the current-context in a kubeconfig file", useContext, CONTEXTS),
    command("view", undefined, "Display merged kubeconfig settings or a specified kubeconfig file", viewConfig),
  ],
};
