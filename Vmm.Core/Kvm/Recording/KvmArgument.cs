namespace Vmm.Core.Kvm.Recording;

/// <summary>An argument of a call, or a field of a structure that is one.</summary>
/// <param name="Name">Its name in the kernel's headers; empty for a plain argument.</param>
/// <param name="Value">Its value, in words where it has some.</param>
/// <param name="Fields">The fields, if it is a structure; else empty.</param>
public sealed record KvmArgument(string Name, string Value, IReadOnlyList<KvmArgument> Fields)
{
    /// <summary>A plain value.</summary>
    public KvmArgument(string name, string value)
        : this(name, value, [])
    {
    }

    /// <summary>A structure.</summary>
    public KvmArgument(string name, IReadOnlyList<KvmArgument> fields)
        : this(name, "", fields)
    {
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string value = Fields.Count > 0 ? $"{{{string.Join(", ", Fields)}}}" : Value;
        return Name.Length > 0 ? $"{Name}={value}" : value;
    }
}
