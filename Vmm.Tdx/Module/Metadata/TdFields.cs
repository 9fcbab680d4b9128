using System.Buffers.Binary;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>TD-scope metadata: TDG.VM.RD and TDG.VM.WR.</summary>
/// <remarks>
/// Left out, and so METADATA_FIELD_ID_INCORRECT: SERVTD_BINDINGS, as no service TD can be bound; CPUID_FIXED0_BITMAP and
/// FEATURE_PARAVIRT_CTLS, as only newer modules have them. Migration keys are there for a bound service TD only.
/// </remarks>
public static class TdFields
{
    private const int UuidElements = 4;
    private const int MeasurementElements = 6;
    private const int MaxVcpus = 576;
    private const int AllCodes = 1 << 24;
    private const ulong NotifyEnablesWritable = 1;
    private const TdCtls TdCtlsWritable = TdCtls.PendingVeDisable | TdCtls.EnumTopology | TdCtls.VirtCpuid2 | TdCtls.ReduceVe | TdCtls.Lock;

    /// <summary>The fields.</summary>
    public static MetadataTable<TdState> Table { get; } = new(
        new(TdMetadata.TdUuid, UuidElements, static (td, i) => Quadword(td.Uuid, i)),
        new(TdMetadata.NumVcpus, static (td, _) => (ulong)td.VcpuCount),
        new(TdMetadata.NumL2Vms, static (_, _) => 0),
        new(TdMetadata.Attributes, static (td, _) => (ulong)td.Attributes),
        new(TdMetadata.Xfam, static (td, _) => (ulong)td.Xfam),
        new(TdMetadata.MaxVcpus, static (td, _) => (ulong)td.MaxVcpus),
        new(TdMetadata.Gpaw, static (td, _) => Flag(td.ConfigFlags.HasFlag(ConfigFlags.Gpaw52))),
        new(TdMetadata.TscFrequency, static (td, _) => td.TscFrequency),
        new(TdMetadata.NotifyEnables, static (td, _) => td.NotifyEnables, NotifyEnablesWritable, SetNotifyEnables),
        new(TdMetadata.ConfigFlags, static (td, _) => (ulong)td.ConfigFlags),
        new(TdMetadata.TdCtls, static (td, _) => (ulong)td.TdCtls, (ulong)TdCtlsWritable, SetTdCtls),
        new(TdMetadata.VirtMaxPa, static (_, _) => 0), // Not virtualised: CONFIG_FLAGS.MAXPA_VIRT is clear.
        new(TdMetadata.TopologyEnumConfigured, static (td, _) => Flag(td.IsTopologyConfigured)),
        new(TdMetadata.VeReductionValid, static (td, _) => Flag(td.IsTopologyConfigured)),
        new(TdMetadata.MrTd, MeasurementElements, static (td, i) => Quadword(td.MrTd, i)),
        new(TdMetadata.MrConfigId, MeasurementElements, static (td, i) => Quadword(td.MrConfigId, i)),
        new(TdMetadata.MrOwner, MeasurementElements, static (td, i) => Quadword(td.MrOwner, i)),
        new(TdMetadata.MrOwnerConfig, MeasurementElements, static (td, i) => Quadword(td.MrOwnerConfig, i)),
        Rtmr(0),
        Rtmr(1),
        Rtmr(2),
        Rtmr(3),
        new(TdMetadata.CpuidValues, AllCodes, null), // For the host; the code holds leaf and subleaf.
        new(TdMetadata.ExportCount, null),
        new(TdMetadata.ImportCount, null),
        new(TdMetadata.MigDecKey, UuidElements, null),
        new(TdMetadata.MigDecWorkingKey, UuidElements, null),
        new(TdMetadata.MigEncKey, UuidElements, null),
        new(TdMetadata.MigEncWorkingKey, UuidElements, null),
        new(TdMetadata.MigVersion, null),
        new(TdMetadata.MigWorkingVersion, null),
        new(TdMetadata.PreImportUuid, UuidElements, static (_, _) => 0),
        new(TdMetadata.ServTdHash, MeasurementElements, static (_, _) => 0),
        new(TdMetadata.ServTdNum, static (_, _) => 0),
        new(TdMetadata.X2ApicIds, MaxVcpus, static (td, i) => i < td.X2ApicIds.Count ? td.X2ApicIds[i] : 0));

    private static MetadataField<TdState> Rtmr(int index) =>
        new(TdMetadata.Rtmr.Element(index * MeasurementElements), MeasurementElements, (td, i) => Quadword(td.Rtmrs[index], i));

    private static bool SetNotifyEnables(TdState td, int element, ulong value)
    {
        td.NotifyEnables = value;
        return true;
    }

    private static bool SetTdCtls(TdState td, int element, ulong value) => td.TrySetTdCtls((TdCtls)value);

    private static ulong Flag(bool value) => value ? 1UL : 0;

    private static ulong Quadword(in Bytes32 value, int index) => Quadword((ReadOnlySpan<byte>)value, index);

    private static ulong Quadword(in Bytes48 value, int index) => Quadword((ReadOnlySpan<byte>)value, index);

    private static ulong Quadword(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[(index * sizeof(ulong))..]);
}
