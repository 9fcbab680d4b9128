#!/usr/bin/env python3
"""Creates a machine, starts it, prints its events and its console until it ends, and deletes it.

    apt-get install python3-grpcio python3-protobuf protobuf-compiler-grpc libprotobuf-dev
    python3 watch.py ADDRESS CONFIG          ADDRESS: unix:/run/vmm/daemon.sock
"""
import os, shutil, subprocess, sys, tempfile, uuid
from pathlib import Path

import grpc

PROTOS = Path(os.environ.get("VMM_PROTOS", Path(__file__).resolve().parents[2] / "Vmm.Host/Protos"))


def stubs(folder):
    """Has protoc make Python of the proto files."""
    plugin = f"--plugin=protoc-gen-grpc={shutil.which('grpc_python_plugin')}"
    files = sorted(str(file.relative_to(PROTOS)) for file in PROTOS.glob("vmm/v1/*.proto"))
    subprocess.run(["protoc", f"-I{PROTOS}", f"--python_out={folder}", f"--grpc_out={folder}", plugin, *files], check=True)
    sys.path.insert(0, folder)
    from vmm.v1 import event_pb2, machine_pb2, machines_pb2, machines_pb2_grpc
    return event_pb2, machine_pb2, machines_pb2, machines_pb2_grpc


def main(address, config):
    with tempfile.TemporaryDirectory() as folder, grpc.insecure_channel(address, [("grpc.default_authority", "localhost")]) as channel:
        event, machine, messages, services = stubs(folder)
        name, once = f"example-{uuid.uuid4().hex[:8]}", lambda: str(uuid.uuid4())
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
