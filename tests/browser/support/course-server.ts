import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves pages of a course: another origin than the sandbox's, plain http. */
export class CourseServer {
  private readonly server: Server;
  private readonly pages: ReadonlyMap<string, CoursePage>;

  private constructor(pages: ReadonlyMap<string, CoursePage>) {
    this.pages = pages;
    this.server = createServer((request, response) => {
      const page = this.pages.get((request.url ?? "/").split("?")[0] ?? "/");
      // 204 for the icon that browsers ask for unasked.
      response.writeHead(page === undefined ? 204 : 200, { "content-type": "text/html", ...page?.headers });
      response.end(page?.html);
    });
  }

  static async start(pages: Readonly<Record<string, CoursePage>>): Promise<CourseServer> {
    const course = new CourseServer(new Map(Object.entries(pages)));
    await new Promise<void>((listening) => course.server.listen(0, "127.0.0.1", listening));
    return course;
  }

  /** The address that the element and the frame see; `127.0.0.1`, where the sandbox is served as `localhost`. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Of the sandbox's site: browsers that refuse storage to frames of other sites do not refuse it here. */
  get sameSite(): string {
    return this.origin.replace("127.0.0.1", "localhost");
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

export interface CoursePage {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}
