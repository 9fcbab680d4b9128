namespace Vmm.Tdx.Policies;

/// <summary>Which guests a rule is for.</summary>
[Flags]
public enum GuestKinds
{
    /// <summary>Guests that are no TDs.</summary>
    Ordinary = 1,

    /// <summary>TDs of either backend.</summary>
    Td = 2,

    /// <summary>All guests.</summary>
    All = Ordinary | Td,
}
