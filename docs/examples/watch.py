#!/usr/bin/env python3
"""Creates a machine, starts it, prints its events and its console until it ends, and deletes it.

    apt-get install python3-grpcio python3-grpc-tools
    python3 watch.py ADDRESS CONFIG          ADDRESS: unix:/run/vmm/daemon.sock
"""
import os, sys, uuid
from pathlib import Path

PROTOS = Path(os.environ.get("VMM_PROTOS", Path(__file__).resolve().parents[2] / "Vmm.Host/Protos"))
sys.path.insert(0, str(PROTOS))

import grpc

messages, services = grpc.protos_and_services("vmm/v1/machines.proto")
machine, event = grpc.protos("vmm/v1/machine.proto"), grpc.protos("vmm/v1/event.proto")


def main(address, config):
    name, once = f"example-{uuid.uuid4().hex[:8]}", lambda: str(uuid.uuid4())
    with grpc.insecure_channel(address, [("grpc.default_authority", "localhost")]) as channel:
        machines = services.MachinesStub(channel)
        definition = machine.Definition(config=Path(config).read_text(), folder=str(Path(config).resolve().parent))
        machines.Create(messages.CreateRequest(name=name, definition=definition, request_id=once()), timeout=30)
        events = machines.Watch(messages.WatchRequest(name=name, after=0))
        machines.Start(messages.StartRequest(name=name, request_id=once()), timeout=30)
        code = 0
        for one in events:
            print(one.sequence, event.Event.Kind.Name(one.kind), one.detail, file=sys.stderr)
            if one.kind == event.Event.KIND_ENDED:
                code = one.exit_code
                break
        for output in machines.Logs(messages.LogsRequest(name=name)):
            sys.stdout.buffer.write(output.data)
        machines.Delete(messages.DeleteRequest(name=name, force=True, request_id=once()), timeout=30)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except grpc.RpcError as error:
        reason = dict(error.trailing_metadata() or []).get("vmm-reason", "")
        sys.exit(f"{error.details()} ({reason})")
