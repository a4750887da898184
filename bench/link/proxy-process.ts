import { startDelayProxy, type DelayProxyOptions } from '../../test/support/delay-proxy.ts';

/** A delay proxy as a process of its own, so that it does not share a thread with what is measured: see link.ts. */
const proxy = await startDelayProxy(JSON.parse(process.argv[2] ?? '') as DelayProxyOptions);
process.on('message', (message) => {
  if (message === 'reset') proxy.reset();
  process.send?.({ ...proxy.counts });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: proxy.port });
