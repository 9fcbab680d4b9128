using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Vmm.Core.Network;

/// <summary>struct ifreq of linux/if.h: a name and, of the many things that can follow, the two that taps need.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InterfaceRequest
{
    /// <summary>IFNAMSIZ, with the zero at the end.</summary>
    public const int NameSize = 16;

    private NameBytes _name;
    private Union _union;

    /// <summary>Names an interface.</summary>
    /// <param name="name">Fewer bytes than <see cref="NameSize"/>.</param>
    public InterfaceRequest(string name) => Encoding.UTF8.GetBytes(name, _name);

    public TapFlags Flags { set => _union.Flags = value; }

    public readonly int Mtu => _union.Mtu;

    [InlineArray(NameSize)]
    private struct NameBytes
    {
        private byte _element;
    }

    // The longest member is struct ifmap.
    [StructLayout(LayoutKind.Explicit, Size = 24)]
    private struct Union
    {
        [FieldOffset(0)]
        public TapFlags Flags;

        [FieldOffset(0)]
        public int Mtu;
    }
}
