import type { FastifyInstance } from 'fastify';
import { savedQueries } from './saved-queries.ts';

/**
 * The query page of local mode at `/` and `/graphiql`. Everything is in the page itself, so it works without a network. It holds no
 * token: open it once as `/#token=<token>` and the browser keeps it, or type it when asked.
 */
export function mountGraphiql(server: Pick<FastifyInstance, 'get'>): void {
  let page: Promise<string> | undefined;
  for (const path of ['/', '/graphiql']) {
    server.get(path, async (_request, reply) => {
      page ??= renderPage();
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', policy)
        .send(await page);
    });
  }
}

const policy =
  "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self' ws: data: blob:; frame-ancestors 'none'";

const placeholder = '"@connection"';

async function renderPage(): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const options = {
    title: 'Headwater',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS' as const,
    defaultTabs: savedQueries.map(({ query }) => ({ query })),
    connectionParams: '@connection',
  };
  const html = renderGraphiQL(options as Parameters<typeof renderGraphiQL>[0]);
  return html
    .replace('<head>', () => `<head>${tokenScript}`)
    .replace(placeholder, () => 'headwaterConnection');
}

const tokenScript = `<script>
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    localStorage.setItem('headwater:token', given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  const token = localStorage.getItem('headwater:token') ?? prompt('Token (local installation: the text in .headwater/token)') ?? '';
  if (token) localStorage.setItem('headwater:token', token.trim());
  const authorization = 'Bearer ' + token.trim();
  const headwaterConnection = { authorization };
  const plainFetch = window.fetch;
  window.fetch = (input, init = {}) => {
    const request = new Request(input, init);
    if (new URL(request.url).pathname === '/graphql') request.headers.set('authorization', authorization);
    return plainFetch(request);
  };
</script>`;
