// A client that we did not write, with nothing but the daemon's address: it learns the services by reflection, and calls them.
import grpc from '@grpc/grpc-js';
import reflection from 'grpc-js-reflection-client';

const address = `unix:${process.argv[2]}`;
const insecure = grpc.credentials.createInsecure();
const reflector = new reflection.GrpcReflection(address, insecure, undefined, 'v1');
console.log((await reflector.listServices()).sort().join(' '));

async function client(symbol, name) {
  const found = (await reflector.getDescriptorBySymbol(symbol)).getPackageObject({ keepCase: true, enums: String, longs: String });
  return new (symbol.split('.').reduce((part, key) => part[key], found))(address, insecure);
}

const call = (on, method, request) => new Promise((done, fail) => on[method](request, (error, answer) => error ? fail(error) : done(answer)));

const health = await client('grpc.health.v1.Health');
console.log((await call(health, 'Check', { service: 'vmm.v1.Machines' })).status);

const machines = await client('vmm.v1.Machines');
const created = await call(machines, 'Create', { name: 'stock', definition: { folder: '/', options: [{ key: 'kernel', value: '/kernel' }] } });
console.log(created.state, created.definition.folder);
try {
  await call(machines, 'Pause', { name: 'nobody' });
} catch (error) {
  console.log(grpc.status[error.code], error.metadata.get('vmm-reason')[0], error.details);
}

// The name that tools of before 2023 know.
const old = new reflection.GrpcReflection(address, insecure, undefined, 'v1alpha');
console.log((await old.listServices()).length);
