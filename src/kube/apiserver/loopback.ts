import { type HttpRequest, type HttpResponse, jsonBody, NO_BODY } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { type GroupVersionResource, type KubeObject, resourcePath } from "../api/kube-object.ts";
import { ApiError } from "./status.ts";

/** What answers the server's own requests. */
export interface LoopbackServer {
  loopback(request: HttpRequest): Task<HttpResponse>;
}

const HEADERS = {
  "user-agent": "kube-apiserver/v1.35.2 (linux/amd64) kubernetes/fdc9d74",
  "content-type": "application/json",
};

/** The API server's client of itself, for its post-start hooks and controllers. Throws `ApiError`. */
export class Loopback {
  private server: LoopbackServer | undefined;

  /** Sets who answers; before that nothing can be asked. */
  connect(server: LoopbackServer): void {
    this.server = server;
  }

  *get<T extends KubeObject>(of: GroupVersionResource, namespace: string, name: string): Task<T | undefined> {
    return (yield* missingAsNone(this.send("GET", resourcePath(of, namespace, name), undefined))) as T | undefined;
  }

  *create(of: GroupVersionResource, namespace: string, object: object): Task<KubeObject> {
    return (yield* this.send("POST", resourcePath(of, namespace), object)) as KubeObject;
  }

  *update(of: GroupVersionResource, object: KubeObject, subresource?: string): Task<KubeObject> {
    const { namespace = "", name = "" } = object.metadata;
    return (yield* this.send("PUT", resourcePath(of, namespace, name, subresource), object)) as KubeObject;
  }

  *delete(of: GroupVersionResource, namespace: string, name: string): Task<void> {
    yield* missingAsNone(this.send("DELETE", resourcePath(of, namespace, name), undefined));
  }

  private *send(method: string, path: string, body: object | undefined): Task<unknown> {
    if (this.server === undefined) throw new Error("the loopback client is not connected");
    const response = yield* this.server.loopback({
      method,
      path,
      headers: HEADERS,
      body: body === undefined ? NO_BODY : jsonBody(body),
    });
    return response.body.kind === "json" ? response.body.value : undefined;
  }
}

function* missingAsNone(task: Task<unknown>): Task<unknown> {
  try {
    return yield* task;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
