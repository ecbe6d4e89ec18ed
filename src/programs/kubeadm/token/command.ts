import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "../../../base/bytes.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { alignTabs } from "../../../base/table.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import type { KubeList } from "../../../kube/api/kube-object.ts";
import type { Secret } from "../../../kube/api/types.generated.ts";
import type { ResourceClient } from "../../../kube/client/resource-client.ts";
import { SECRETS } from "../../../kube/client/resources.ts";
import { isAlreadyExists } from "../../../kube/client/status-error.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import type { Certificate } from "../../../pki/certificate.ts";
import { parseCertificates } from "../../../pki/certificate-parser.ts";
import { DerError } from "../../../pki/der.ts";
import type { Task } from "../../../sim/task.ts";
import { apiErrors, clusterClient, kubeconfigPath, worded } from "../cluster-client.ts";
import { commandGroup } from "../command-group.ts";
import { DEFAULT_TOKEN, type TokenWish } from "../configuration.ts";
import { type KubeadmCommand, type KubeadmContext, KubeadmError, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { initConfiguration } from "../init-data.ts";
import { readCurrentContext } from "../kubeconfig-file.ts";
import { within } from "../pki-directory.ts";
import {
  type BootstrapToken,
  isToken,
  newToken,
  secretOf,
  TOKEN_ID_PATTERN,
  TOKEN_PATTERN,
  tokenFrom,
  tokenOf,
  tokenRow,
} from "./token.ts";

const TABS = { minWidth: 10, padding: 3 };

/** `kubeadm token` (cmd/token.go). */
export const tokenCommand: KubeadmCommand = commandGroup({
  name: "token",
  short: "Manage bootstrap tokens",
  long: `Bootstrap tokens let a node that is about to join trust the cluster, and the cluster the node. Each is a Secret of type
"bootstrap.kubernetes.io/token" in kube-system, named bootstrap-token-(token-id), of the form "[a-z0-9]{6}.[a-z0-9]{16}".`,
  flags: [
    { ...FLAG.kubeconfig, persistent: true },
    { name: "dry-run", type: "bool", persistent: true, usage: "Whether to enable dry-run mode or not" },
  ],
  commands: [
    {
      name: "create",
      use: "[token]",
      short: "Create bootstrap tokens on the server",
      flags: [
        FLAG.config,
        {
          name: "print-join-command",
          type: "bool",
          usage:
            "Instead of printing only the token, print the full 'kubeadm join' flag needed to join the cluster using the token.",
        },
        {
          name: "ttl",
          type: "duration",
          default: "24h0m0s",
          usage:
            "The duration before the token is automatically deleted (e.g. 1s, 2m, 3h). If set to '0', the token will never expire",
        },
        {
          name: "usages",
          type: "stringSlice",
          default: DEFAULT_TOKEN.usages,
          usage:
            "Describes the ways in which this token can be used. You can pass --usages multiple times or provide a comma separated list of options. Valid options: [signing,authentication]",
        },
        {
          name: "groups",
          type: "stringSlice",
          default: DEFAULT_TOKEN.groups,
          usage:
            'Extra groups that this token will authenticate as when used for authentication. Must match "\\\\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\\\z"',
        },
        { name: "description", type: "string", usage: "A human friendly description of how this token is used." },
      ],
      run: createToken,
    },
    {
      name: "delete",
      use: "[token-value] ...",
      short: "Delete bootstrap tokens on the server",
      run: deleteTokens,
    },
    {
      name: "generate",
      short: "Generate and print a bootstrap token, but do not create it on the server",
      *run(context) {
        yield* print(context, `${newToken(context.process.random)}\n`);
        return 0;
      },
    },
    {
      name: "list",
      short: "List bootstrap tokens on the server",
      flags: [FLAG.output],
      run: listTokens,
    },
  ],
});

function clientFor(context: KubeadmContext, parsed: ParsedFlags) {
  const flag = parsed.changed("kubeconfig") ? parsed.string("kubeconfig") : "";
  const path = kubeconfigPath(context, flag);
  return { path, client: clusterClient(context, path) };
}

function* createToken(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const wishes = yield* wishedTokens(context, parsed);
  const { path, client } = clientFor(context, parsed);
  const { now } = context.process.clock;
  if (!parsed.bool("dry-run")) for (const wish of wishes) yield* store(client, tokenFrom(wish, now));
  const token = wishes[0]?.token ?? "";
  const shown = parsed.bool("print-join-command")
    ? within("failed to get join command", () => joinCommand(context, path, token))
    : token;
  yield* print(context, `${shown}\n`);
  return 0;
}

/** The tokens of the file that `--config` names, or the one of the flags. Those that name no value get one. */
function* wishedTokens(context: KubeadmContext, parsed: ParsedFlags): Task<TokenWish[]> {
  const { bootstrapTokens } = yield* initConfiguration(context, parsed, { needsVersion: false });
  const given = parsed.args[0] ?? "";
  if (given !== "" && !isToken(given))
    throw new KubeadmError(
      `the bootstrap token ${JSON.stringify(given)} was not of the form ${JSON.stringify(TOKEN_PATTERN)}`,
    );
  const byFlags: TokenWish = {
    token: given,
    description: parsed.string("description"),
    ttlMs: parsed.number("ttl"),
    usages: parsed.list("usages"),
    groups: parsed.list("groups"),
  };
  const wishes = bootstrapTokens.length > 0 ? bootstrapTokens : [byFlags];
  return wishes.map((wish) => ({ ...wish, token: wish.token || newToken(context.process.random) }));
}

function* store(client: ResourceClient, token: BootstrapToken): Task<void> {
  const id = token.token.slice(0, 6);
  const secret = secretOf(token);
  try {
    yield* client.create(SECRETS, "kube-system", secret, { fieldManager: "kubeadm" });
  } catch (error) {
    if (isAlreadyExists(error)) throw new KubeadmError(`a token with id ${JSON.stringify(id)} already exists`);
    throw worded(`failed to create or update bootstrap token with name bootstrap-token-${id}`, error);
  }
}

/** What a node must run to join, by the address and the CA of a kubeconfig. Throws `KubeadmError`. */
export function joinCommand(context: KubeadmContext, kubeconfig: string, token: string): string {
  const { server, caPem } = readCurrentContext(context.process.fs, kubeconfig);
  const hash = hex(sha256(firstCertificate(caPem).publicKeyInfo));
  return `kubeadm join ${server.replace(/^https?:\/\//, "")} --token ${token} --discovery-token-ca-cert-hash sha256:${hash} `;
}

function firstCertificate(caPem: string): Certificate {
  const start = "failed to parse CA certificate from kubeconfig: ";
  try {
    const [ca] = parseCertificates(caPem);
    if (ca !== undefined) return ca;
  } catch (error) {
    if (error instanceof DerError) throw new KubeadmError(start + error.message);
    throw error;
  }
  throw new KubeadmError(
    caPem === ""
      ? "no CA certificates found in kubeconfig"
      : `${start}data does not contain any valid RSA or ECDSA certificates`,
  );
}

function* deleteTokens(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length === 0)
    throw new KubeadmError(
      `missing argument; 'token' is missing token of form ${JSON.stringify(TOKEN_ID_PATTERN)} or ${JSON.stringify(TOKEN_PATTERN)}`,
    );
  const { client } = clientFor(context, parsed);
  for (const given of parsed.args) {
    const id = /^[a-z0-9]{6}$/.test(given) ? given : isToken(given) ? given.slice(0, 6) : undefined;
    if (id === undefined)
      throw new KubeadmError(
        `given token ${JSON.stringify(given)} didn't match pattern ${JSON.stringify(TOKEN_ID_PATTERN)} or ${JSON.stringify(TOKEN_PATTERN)}`,
      );
    const name = `bootstrap-token-${id}`;
    const deed = parsed.bool("dry-run")
      ? client.get<Secret>(SECRETS, "kube-system", name)
      : client.delete(SECRETS, "kube-system", name);
    yield* apiErrors<unknown>(`failed to delete bootstrap token ${JSON.stringify(id)}`, deed);
    yield* print(context, `bootstrap token ${JSON.stringify(id)} deleted\n`);
  }
  return 0;
}

function* listTokens(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const { client } = clientFor(context, parsed);
  const fieldSelector = "type=bootstrap.kubernetes.io/token";
  const list: KubeList<Secret> = yield* apiErrors(
    "failed to list bootstrap tokens",
    client.list<Secret>(SECRETS, "kube-system", { fieldSelector }),
  );
  const tokens: BootstrapToken[] = [];
  for (const secret of list.items) {
    const token = tokenOf(secret);
    if (typeof token === "string") yield* writeText(context.process.stderr, `${token}\n`);
    else tokens.push(token);
  }
  yield* print(context, shown(tokens, parsed.string("output"), context.process.clock.now));
  return 0;
}

function shown(tokens: readonly BootstrapToken[], output: string, now: number): string {
  if (output === "text") {
    if (tokens.length === 0) return "";
    const rows = [
      "TOKEN\tTTL\tEXPIRES\tUSAGES\tDESCRIPTION\tEXTRA GROUPS",
      ...tokens.map((each) => tokenRow(each, now)),
    ];
    return `${alignTabs(rows.join("\n"), TABS)}\n`;
  }
  if (output !== "json" && output !== "yaml") throw new KubeadmError(`invalid output format: ${output}`);
  return tokens
    .map(({ token, description, expires, usages, groups }) => ({
      kind: "BootstrapToken",
      apiVersion: "output.kubeadm.k8s.io/v1alpha3",
      token,
      ...(description === "" ? {} : { description }),
      ...(expires === "" ? {} : { expires }),
      usages,
      groups,
    }))
    .map((each) => (output === "json" ? `${JSON.stringify(each, null, 4)}\n` : emitYaml(each)))
    .join(output === "yaml" ? "---\n" : "");
}
