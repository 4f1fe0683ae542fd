import type { FaultOrder } from '@headwater/platform-process';
import type { S3Request } from '@headwater/testkit';
import type { CellProduct } from './cell-product.ts';
import type { OrderedProcess } from './processes.ts';
import type { Track } from './track.ts';

/** Points inside one request to the S3 store: the proxy sees them, not the process. */
const proxyPoints: Readonly<Record<string, (request: S3Request) => boolean>> = {
  'upload.part': ({ method, query }) => method === 'PUT' && query.has('partNumber'),
  'upload.complete-sent': ({ method, query }) => method === 'POST' && query.has('uploadId'),
  'upload.complete-answered': ({ method, query }) => method === 'POST' && query.has('uploadId'),
};

export const isProxyPoint = (point: string): boolean => Object.hasOwn(proxyPoints, point);

/**
 * The worker with its orders watched at the proxy: at the n-th request of the point the process is killed or stopped, or
 * the request is held until released. For `upload.complete-answered` the store has done its work by then.
 */
export function watchAtProxy(
  worker: OrderedProcess,
  track: Track,
  point: string,
  { pipeline }: CellProduct,
): OrderedProcess {
  const proxy = track.s3?.proxy;
  const isThere = proxyPoints[point];
  if (proxy === undefined || isThere === undefined) throw new Error(`${point} needs an S3 lake`);
  let firedLine: string | undefined;
  let passed = 0;
  let order: Omit<FaultOrder, 'serial'> = {};
  let release: () => void = () => undefined;
  const name = new URL(pipeline.tableUrl).pathname.slice(1);
  const act = async (): Promise<void> => {
    firedLine = `${worker.process.pid} ${point} ${order.action} at the proxy`;
    if (order.action === 'kill') process.kill(worker.process.pid, 'SIGKILL');
    if (order.action === 'stop') process.kill(worker.process.pid, 'SIGSTOP');
    if (order.action === 'hold') await new Promise<void>((resolve) => (release = resolve));
  };
  proxy.inject = async (request) => {
    const isNth =
      order.at === point && request.key.startsWith(name) && isThere(request) && ++passed === (order.nth ?? 1);
    if (!isNth || firedLine !== undefined) return undefined;
    await act();
    return point === 'upload.complete-answered' ? 'reset-after-effect' : undefined;
  };
  return {
    ...worker,
    order(next) {
      order = next;
      if (next.at !== point) release();
      return worker.order(next.at === point ? {} : next);
    },
    release() {
      release();
      worker.release();
    },
    fired: () => firedLine,
    lines: () => [...worker.lines(), ...(firedLine === undefined ? [] : [firedLine])],
  };
}
