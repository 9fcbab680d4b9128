using System.Runtime.CompilerServices;

namespace Vmm.Devices.Tests.TestKit.Network;

/// <summary>A test that needs <c>passt</c> and a network of its own; skipped with the reason where there cannot be one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PasstFactAttribute : FactAttribute
{
    public PasstFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        bool isThere = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "passt")));
        Skip = isThere ? TapNetwork.Obstacle : "needs passt: a package of that name";
    }
}
