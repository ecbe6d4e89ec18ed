import { goQuote } from "../../base/go-quote.ts";
import type { DaemonFlags } from "../../kube/client/daemon-flags.ts";

const MODES = ["AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node"];

const PLUGINS = new Set(
  "AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction ClusterTrustBundleAttest DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds DenyServiceExternalIPs EventRateLimit ExtendedResourceToleration ImagePolicyWebhook LimitPodHardAntiAffinityTopology LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook NamespaceAutoProvision NamespaceExists NamespaceLifecycle NodeDeclaredFeatureValidator NodeRestriction OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize PodNodeSelector PodSecurity PodTolerationRestriction PodTopologyLabels Priority ResourceQuota RuntimeClass ServiceAccount StorageObjectInUseProtection TaintNodesByCondition ValidatingAdmissionPolicy ValidatingAdmissionWebhook".split(
    " ",
  ),
);

/**
 * What is wrong with the values of flags, as one text; undefined if nothing is. Mirrors cmd/kube-apiserver/app/options
 * validation.go and the Validate methods of the options it consists of.
 */
export function optionFault(flags: DaemonFlags): string | undefined {
  const faults = [...etcdFaults(flags), ...servingFaults(flags), ...authorizationFaults(flags), ...pluginFaults(flags)];
  const texts = [...new Set(faults)];
  if (texts.length === 0) return undefined;
  return texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
}

function etcdFaults(flags: DaemonFlags): string[] {
  const faults: string[] = [];
  if (flags.list("etcd-servers").length === 0) faults.push("--etcd-servers must be specified");
  if (!["", "etcd3"].includes(flags.text("storage-backend")))
    faults.push("--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3'");
  if (flags.flag("encryption-provider-config-automatic-reload", false) && !flags.text("encryption-provider-config"))
    faults.push("--encryption-provider-config-automatic-reload must be set with --encryption-provider-config");
  const mediaType = flags.text("storage-media-type", "application/json");
  if (mediaType !== "application/json" && mediaType !== "application/vnd.kubernetes.protobuf")
    faults.push(
      `--storage-media-type ${goQuote(mediaType)} invalid, must be one of application/json, application/yaml, application/vnd.kubernetes.protobuf`,
    );
  return faults;
}

function servingFaults(flags: DaemonFlags): string[] {
  const port = flags.number("secure-port", 6443);
  if (port >= 1 && port <= 65535) return [];
  return [`--secure-port ${port} must be between 1 and 65535, inclusive. It cannot be turned off with 0`];
}

function authorizationFaults(flags: DaemonFlags): string[] {
  if (flags.text("authorization-config") !== "") return [];
  const modes = flags.list("authorization-mode");
  const faults = modes
    .filter((mode) => !MODES.includes(mode))
    .map((mode) => `authorization-mode ${goQuote(mode)} is not a valid mode`);
  const policy = flags.text("authorization-policy-file");
  if (modes.includes("ABAC") && policy === "")
    faults.push("authorization-mode ABAC's authorization policy file not passed");
  if (!modes.includes("ABAC") && policy !== "")
    faults.push("cannot specify --authorization-policy-file without mode ABAC");
  const webhook = flags.text("authorization-webhook-config-file");
  if (modes.includes("Webhook") && webhook === "")
    faults.push("authorization-mode Webhook's authorization config file not passed");
  if (!modes.includes("Webhook") && webhook !== "")
    faults.push("cannot specify --authorization-webhook-config-file without mode Webhook");
  const twice = modes.find((mode, index) => modes.indexOf(mode) !== index);
  if (twice !== undefined)
    faults.push(`authorization-mode ${goQuote(modes.join(","))} has mode specified more than once`);
  return faults;
}

function pluginFaults(flags: DaemonFlags): string[] {
  const unknown = (flag: string) =>
    flags
      .list(flag)
      .filter((name) => !PLUGINS.has(name))
      .map((name) => `${flag} plugin ${goQuote(name)} is unknown`);
  const enabled = flags.list("enable-admission-plugins");
  const both = flags.list("disable-admission-plugins").filter((name) => enabled.includes(name));
  const overlap =
    both.length === 0
      ? []
      : [`[${both.join(" ")}] in enable-admission-plugins and disable-admission-plugins overlapped`];
  return [...unknown("enable-admission-plugins"), ...unknown("disable-admission-plugins"), ...overlap];
}
