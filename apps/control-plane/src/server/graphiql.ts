import type { FastifyInstance } from 'fastify';

/** The query page of local mode at /. */
export function mountGraphiql(server: Pick<FastifyInstance, 'get'>): void {
  server.get('/', async (_request, reply) =>
    reply.type('text/html').send('<!doctype html><title>Headwater</title>'),
  );
}
