using Vmm.Core.Buses;

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>What the chipset does at the moment. Read by another thread when it takes too long: what that sees may be one step old.</summary>
internal sealed class FuzzAccess
{
    private long _number;
    private long _startedAt;

    /// <summary>Number of the step.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>Timestamp of its beginning.</summary>
    public long StartedAt => Volatile.Read(ref _startedAt);

    public string Operation { get; set; } = "start";

    public ulong Address { get; set; }

    public int Size { get; set; }

    public string Space { get; set; } = "";

    public void Begin(string operation, int size = 0)
    {
        Operation = operation;
        Size = size;
        Volatile.Write(ref _startedAt, TimeProvider.System.GetTimestamp());
        Volatile.Write(ref _number, _number + 1);
    }

    /// <summary>In the words of <see cref="DeviceFault.Access"/>.</summary>
    public override string ToString() => Size == 0 ? Operation : $"{Operation} of {Size} bytes at {Space} 0x{Address:x}";
}
