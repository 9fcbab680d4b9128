using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Vmm.Testing;

/// <summary>A test that needs KVM: of category Kvm, and skipped with the reason where /dev/kvm does not open.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KvmFactAttribute : FactAttribute, ITraitAttribute
{
    public KvmFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = KvmHost.Obstacle;
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Category", "Kvm")];
}
