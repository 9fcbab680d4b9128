using System.Runtime.CompilerServices;

namespace Vmm.Devices.Tests.TestKit.Network;

/// <summary>A test that needs a tap in a network of its own; skipped with the reason where there cannot be one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TapFactAttribute : FactAttribute
{
    public TapFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = TapNetwork.Obstacle;
    }
}
