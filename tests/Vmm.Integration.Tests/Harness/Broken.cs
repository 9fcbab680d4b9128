using Vmm.Core.Buses;

namespace Vmm.Integration.Tests.Harness;

/// <summary>A device that throws on every access.</summary>
[Device(Type)]
public sealed class Broken(string name) : BytePortDevice(name, new PortRange(Port, 1, "nothing good"))
{
    public const string Type = "broken";
    public const ushort Port = 0x5A0;

    protected override byte ReadRegister(int range, int offset) => throw new InvalidOperationException("read while broken");

    protected override void WriteRegister(int range, int offset, byte value) => throw new InvalidOperationException("written while broken");
}
