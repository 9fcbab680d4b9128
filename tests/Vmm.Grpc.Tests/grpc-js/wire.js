// Talks to the service of wire.proto with the stock client. Arguments: the .proto file, the socket. Prints one line a check; the exit code is
// the number of those that failed.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [proto, socket] = process.argv.slice(2);
const { vmm } = grpc.loadPackageDefinition(loader.loadSync(proto, { longs: Number, defaults: true }));
const unlimited = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
const client = new vmm.tests.Wire(`unix:${socket}`, grpc.credentials.createInsecure(), unlimited);

const unary = (ask, metadata = new grpc.Metadata(), options = {}) => new Promise((resolve, reject) => {
  const seen = {};
  const call = client.echo(ask, metadata, options, (error, answer) => error ? reject(error) : setImmediate(() => resolve({ answer, ...seen })));
  call.on('metadata', (headers) => { seen.headers = headers; });
  call.on('status', (status) => { seen.status = status; });
});

const all = (stream) => new Promise((resolve, reject) => {
  const answers = [];
  stream.on('data', (answer) => answers.push(answer));
  stream.on('error', (error) => reject(Object.assign(error, { answers })));
  stream.on('end', () => resolve(answers));
});

const failure = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('it did not fail');
};

const chat = (rounds, number) => new Promise((resolve, reject) => {
  const stream = client.chat();
  let round = 0;
  stream.on('data', (answer) => {
    assert.equal(answer.number, number + round);
    round += 1;
    if (round === rounds) stream.end(); else stream.write({ number: number + round });
  });
  stream.on('error', reject);
  stream.on('end', () => resolve(round));
  stream.write({ number });
});

const checks = {
  'unary': async () => assert.equal((await unary({ number: 7, text: 'ä€😀' })).answer.text, 'ä€😀'),
  'metadata, also binary': async () => {
    const metadata = new grpc.Metadata();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    metadata.set('x-text', 'hello');
    metadata.set('x-data-bin', bytes);
    const { headers, status } = await unary({}, metadata);
    assert.deepEqual(headers.get('x-text'), ['hello']);
    assert.deepEqual(headers.get('x-data-bin'), [bytes]);
    assert.deepEqual(status.metadata.get('x-trailer-bin'), [Buffer.from([0, 1, 255])]);
  },
  'client streaming': async () => {
    const sum = await new Promise((resolve, reject) => {
      const stream = client.sum((error, answer) => error ? reject(error) : resolve(answer.number));
      for (let i = 1; i <= 100; i++) stream.write({ number: i });
      stream.end();
    });
    assert.equal(sum, 5050);
  },
  'server streaming': async () => {
    const answers = await all(client.count({ number: 1000 }));
    assert.deepEqual(answers.map((answer) => answer.number), Array.from({ length: 1000 }, (_, i) => i + 1));
  },
  'duplex': async () => assert.equal(await chat(20, 5), 20),
  '4 MiB there and back': async () => {
    const data = Buffer.alloc(4 << 20, 0xA5);
    assert.ok((await unary({ data })).answer.data.equals(data));
  },
  '4 MiB messages in a stream': async () => {
    const answers = await all(client.count({ number: 5, data: Buffer.alloc(4 << 20) }));
    assert.deepEqual(answers.map((answer) => answer.data.length), Array(5).fill(4 << 20));
  },
  'a message too large': async () => {
    assert.equal((await failure(unary({ data: Buffer.alloc(6 << 20) }))).code, grpc.status.RESOURCE_EXHAUSTED);
    assert.equal((await unary({ number: 1 })).answer.number, 1);
  },
  '100 streams at once': async () => {
    assert.deepEqual(await Promise.all(Array.from({ length: 100 }, (_, i) => chat(10, i))), Array(100).fill(10));
  },
  'a status with text and trailers': async () => {
    const error = await failure(unary({ fail: grpc.status.NOT_FOUND, text: 'no machine „x“, 100 % sure\n' }));
    assert.equal(error.code, grpc.status.NOT_FOUND);
    assert.equal(error.details, 'no machine „x“, 100 % sure\n');
    assert.deepEqual(error.metadata.get('reason'), ['asked-for']);
  },
  'every status': async () => {
    for (let code = 1; code <= 16; code++) assert.equal((await failure(unary({ fail: code, text: 'x' }))).code, code);
  },
  'a status behind messages': async () => {
    const error = await failure(all(client.count({ number: 3, fail: grpc.status.ABORTED, text: 'so be it' })));
    assert.equal(error.code, grpc.status.ABORTED);
    assert.equal(error.answers.length, 3);
  },
  'a handler that throws': async () => {
    const error = await failure(unary({ crash: true }));
    assert.equal(error.code, grpc.status.UNKNOWN);
    assert.ok(!error.details.includes('secret'));
  },
  'a method that is not there': async () => {
    const error = await failure(new Promise((resolve, reject) => client.makeUnaryRequest(
      '/vmm.tests.Wire/Nonsense', (x) => x, (x) => x, Buffer.alloc(0), (e, answer) => e ? reject(e) : resolve(answer))));
    assert.equal(error.code, grpc.status.UNIMPLEMENTED);
  },
  'a deadline': async () => {
    const error = await failure(unary({ hang: true }, new grpc.Metadata(), { deadline: Date.now() + 200 }));
    assert.equal(error.code, grpc.status.DEADLINE_EXCEEDED);
  },
  'cancellation': async () => {
    const cancelled = () => new Promise((resolve, reject) => client.cancelled({}, (error, answer) => error ? reject(error) : resolve(answer.number)));
    const before = await cancelled();
    const stream = client.count({ number: -1 });
    stream.once('data', () => stream.cancel());
    assert.equal((await failure(all(stream))).code, grpc.status.CANCELLED);
    const patience = Date.now() + 20_000;
    while (await cancelled() === before) {
      assert.ok(Date.now() < patience, 'the server did not notice');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  // The packages can decompress; the fallback must say that it cannot.
  'compression': async () => {
    const compressing = new vmm.tests.Wire(`unix:${socket}`, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });
    const code = await new Promise((resolve) => compressing.echo({ text: 'x' }, (error) => resolve(error?.code ?? grpc.status.OK)));
    assert.ok([grpc.status.OK, grpc.status.UNIMPLEMENTED].includes(code));
    compressing.close();
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack}`);
  }
}
client.close();
process.exitCode = failed;
