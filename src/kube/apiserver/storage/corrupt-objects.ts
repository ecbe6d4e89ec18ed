import type { StatusCause } from "../../api/types.generated.ts";
import { type GroupResource, groupResourceText } from "../encryption/group-resource.ts";
import { type ApiError, failure, internalError } from "../status.ts";
import { type UndecodableValue, UntransformableValue } from "./value-codec.ts";

/** The feature gate that lets objects be deleted which can't be read (alpha since 1.32, off by default). */
export const UNSAFE_DELETION = "AllowUnsafeMalformedObjectDeletion";

/** A list names so many corrupt objects and no more. */
const MOST = 100;

/** What is wrong with a corrupt object (etcd3 corruptObjectError). */
export function corruptText(error: UndecodableValue, revision: number): string {
  // A value that can't be decrypted has not been looked into for a revision yet.
  return error instanceof UntransformableValue
    ? `data from the storage is not transformable revision=0: ${error.message}`
    : `object not decodable revision=${revision}: ${error.message}`;
}

/** The same with its key (storage.StorageError). */
function storageErrorText(key: string, text: string): string {
  return `StorageError: corrupt object, Code: 7, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${text}`;
}

/** What reading one corrupt object ends in. */
export function corruptObject(key: string, text: string): ApiError {
  return internalError(storageErrorText(key, text));
}

/** What a list says when objects of it are corrupt. */
export function unreadList({ group, resource }: GroupResource): string {
  return `failed to read one or more ${groupResourceText({ group, resource })} from the storage`;
}

/** The corrupt objects that a list met. */
export class CorruptList {
  private readonly causes: StatusCause[] = [];

  /** Whether more are not told. */
  get isFull(): boolean {
    return this.causes.length > MOST;
  }

  add(key: string, text: string): void {
    this.causes.push(
      this.causes.length < MOST
        ? { reason: "UnexpectedServerResponse", message: storageErrorText(key, text), field: key }
        : { reason: "FieldValueTooMany", message: "too many errors, the list is truncated" },
    );
  }

  /** What the list ends in; undefined when all could be read. */
  failure(of: GroupResource): ApiError | undefined {
    if (this.causes.length === 0) return undefined;
    return failure(500, "StorageReadError", unreadList(of), {
      name: "list",
      ...(of.group === "" ? {} : { group: of.group }),
      kind: of.resource,
      causes: this.causes,
    });
  }
}
