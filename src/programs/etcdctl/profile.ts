/** Which release of etcdctl and etcdutl is imitated. */
export interface EtcdctlProfile {
  /** `3.6.14` or `3.5.30`. */
  readonly version: string;
}

/** `3.6` of `3.6.14`: the API version that `etcdctl version` names. */
export function apiVersion(profile: EtcdctlProfile): string {
  return profile.version.split(".").slice(0, 2).join(".");
}

/** Whether it is the 3.5 line, whose output differs in places. */
export function is35(profile: EtcdctlProfile): boolean {
  return apiVersion(profile) === "3.5";
}
