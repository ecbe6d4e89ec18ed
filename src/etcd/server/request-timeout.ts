/** How long a proposal or a linearizable read may take: 5 s and two election timeouts (ReqTimeout). */
export const REQUEST_TIMEOUT_MS = 7000;
