namespace Vmm.TdxModel.Hardware;

/// <summary>A TD that does what a test says: each vCPU goes through its list of exits, and what it gets back is kept.</summary>
public sealed class ScriptedTd : ITdHardware
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Queue<TdStep>> _scripts = [];
    private readonly Dictionary<int, Queue<Action<VpEnterArgs>>> _waiting = [];
    private readonly Dictionary<uint, ulong> _msrs = [];
    private readonly HashSet<int> _events = [];

    /// <summary>The TD as it was finalised.</summary>
    public TdImage? Image { get; private set; }

    /// <summary>Ranges that were converted since.</summary>
    public List<(ulong Gpa, ulong Size, bool IsPrivate)> Conversions { get; } = [];

    /// <summary>Messages that were delivered.</summary>
    public List<(ulong Address, uint Data)> Messages { get; } = [];

    /// <summary>vCPUs that were halted, with whether interrupts were blocked.</summary>
    public List<(int Vcpu, bool InterruptsBlocked)> Halts { get; } = [];

    /// <summary>Whether it is disposed of.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Adds a TDVMCALL to a vCPU's script.</summary>
    /// <param name="args">What it passes.</param>
    /// <param name="answer">Gets what comes back.</param>
    /// <param name="vcpu">VCPU_INDEX.</param>
    public ScriptedTd Call(VpEnterArgs args, Action<VpEnterArgs> answer, int vcpu = 0) => Add(vcpu, new TdStep(new TdExit(TdExitKind.VmCall), args, answer));

    /// <summary>Adds another exit.</summary>
    public ScriptedTd Exit(TdExit exit, int vcpu = 0) => Add(vcpu, new TdStep(exit, default, _ => { }));

    /// <summary>Has an interrupt wait for a vCPU.</summary>
    public void SetEvent(int vcpu, bool waits) => _ = waits ? _events.Add(vcpu) : _events.Remove(vcpu);

    /// <summary>Sets a register that KVM emulates.</summary>
    public void SetMsr(uint index, ulong value) => _msrs[index] = value;

    /// <inheritdoc/>
    public void Start(TdImage td) => Image = td;

    /// <inheritdoc/>
    public TdExit Enter(int vcpu, ref VpEnterArgs args)
    {
        lock (_gate)
        {
            return Next(vcpu, ref args);
        }
    }

    /// <inheritdoc/>
    public void Convert(ulong gpa, ulong size, bool isPrivate) => Conversions.Add((gpa, size, isPrivate));

    /// <inheritdoc/>
    public bool TryReadMsr(int vcpu, uint index, out ulong value) => _msrs.TryGetValue(index, out value);

    /// <inheritdoc/>
    public bool TryWriteMsr(int vcpu, uint index, ulong value)
    {
        bool known = _msrs.ContainsKey(index);
        _msrs[index] = known ? value : 0;
        return known;
    }

    /// <inheritdoc/>
    public void Halt(int vcpu, bool interruptsBlocked) => Halts.Add((vcpu, interruptsBlocked));

    /// <inheritdoc/>
    public uint MpState(int vcpu) => 0;

    /// <inheritdoc/>
    public void SetMpState(int vcpu, uint state)
    {
    }

    /// <inheritdoc/>
    public bool HasEvents(int vcpu) => _events.Contains(vcpu);

    /// <inheritdoc/>
    public bool SignalMsi(ulong address, uint data)
    {
        Messages.Add((address, data));
        return true;
    }

    /// <inheritdoc/>
    public void SignalNmi(int vcpu)
    {
    }

    /// <inheritdoc/>
    public void SetSignalMask(int vcpu, ulong blocked)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => IsDisposed = true;

    private TdExit Next(int vcpu, ref VpEnterArgs args)
    {
        if (_waiting.TryGetValue(vcpu, out Queue<Action<VpEnterArgs>>? waiting) && waiting.TryDequeue(out Action<VpEnterArgs>? answer))
        {
            answer(args);
        }

        if (!_scripts.TryGetValue(vcpu, out Queue<TdStep>? script) || !script.TryDequeue(out TdStep? step))
        {
            return new TdExit(TdExitKind.TripleFault); // nothing is left to do
        }

        if (step.Exit.Kind == TdExitKind.VmCall)
        {
            args = step.Args;
            _waiting.TryAdd(vcpu, new Queue<Action<VpEnterArgs>>());
            _waiting[vcpu].Enqueue(step.Answer);
        }

        return step.Exit;
    }

    private ScriptedTd Add(int vcpu, TdStep step)
    {
        _scripts.TryAdd(vcpu, new Queue<TdStep>());
        _scripts[vcpu].Enqueue(step);
        return this;
    }
}
