// Creates a machine, starts it, prints its events and its console until it ends, and deletes it.
//   npm install @grpc/grpc-js @grpc/proto-loader
//   node watch.mjs ADDRESS CONFIG          ADDRESS: unix:/run/vmm/daemon.sock
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, config] = process.argv.slice(2);
const protos = process.env.VMM_PROTOS ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../Vmm.Host/Protos');
const { vmm } = grpc.loadPackageDefinition(loader.loadSync('vmm/v1/machines.proto', { includeDirs: [protos], longs: Number, enums: String, defaults: true }));
const machines = new vmm.v1.Machines(address, grpc.credentials.createInsecure(), { 'grpc.default_authority': 'localhost' });
const call = (method, request) => new Promise((done, failed) =>
  machines[method](request, { deadline: Date.now() + 30_000 }, (error, answer) => (error ? failed(error) : done(answer))));

const name = `example-${randomUUID().slice(0, 8)}`;
try {
  const definition = { config: readFileSync(config, 'utf8'), folder: dirname(resolve(config)) };
  await call('Create', { name, definition, requestId: randomUUID() });

  const events = machines.Watch({ name, after: 0 });
  const ended = new Promise((done, failed) => {
    events.on('data', event => {
      console.error(`${event.sequence} ${event.kind} ${event.detail}`);
      if (event.kind === 'KIND_ENDED') { events.cancel(); done(event.exitCode); }
    });
    events.on('error', error => (error.code === grpc.status.CANCELLED ? undefined : failed(error)));
  });

  await call('Start', { name, requestId: randomUUID() });
  process.exitCode = await ended;
  for await (const output of machines.Logs({ name })) process.stdout.write(output.data);
  await call('Delete', { name, force: true, requestId: randomUUID() });
} catch (error) {
  console.error(`${error.details ?? error.message} (${error.metadata?.get('vmm-reason') ?? ''})`);
  process.exitCode = 1;
} finally {
  machines.close();
}
