using System.Diagnostics.CodeAnalysis;

namespace Vmm.Core.Buses;

/// <summary>A state that a device cannot take up.</summary>
/// <param name="mistake">What is wrong with it.</param>
public sealed class DeviceStateException(string mistake) : Exception($"no state of this device: {mistake}")
{
    /// <summary>Refuses a state unless something holds of it.</summary>
    /// <param name="holds">What must hold.</param>
    /// <param name="mistake">What is wrong when it does not.</param>
    /// <exception cref="DeviceStateException">It does not.</exception>
    public static void ThrowUnless([DoesNotReturnIf(false)] bool holds, string mistake)
    {
        if (!holds)
        {
            throw new DeviceStateException(mistake);
        }
    }
}
