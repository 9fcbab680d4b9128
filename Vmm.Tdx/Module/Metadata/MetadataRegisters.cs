using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>The register convention that the leaves for reading and writing metadata share: RDX names the field, R8 holds its value.</summary>
internal static class MetadataRegisters
{
    /// <summary>Reads the element that RDX names into R8.</summary>
    /// <param name="table">The fields of the leaf's scope.</param>
    /// <param name="context">What they belong to.</param>
    /// <param name="registers">Operands in, results out.</param>
    /// <param name="enumerates">Whether the leaf answers the next identifier in RDX, and the first one to the null identifier.</param>
    /// <param name="target">RCX of leaves that have it: which VM or vCPU; only 0, the caller's own, is legal.</param>
    public static TdxStatus Read<TContext>(this MetadataTable<TContext> table, TContext context, ref KvmRegs registers, bool enumerates = true, ulong target = 0)
    {
        var id = new MetadataFieldId(registers.Rdx);
        ulong value = 0;
        MetadataFieldId next = MetadataFieldId.Null;
        TdxStatus status;
        if (target != 0)
        {
            status = TdxStatus.OperandInvalid.With(OperandId.RCX);
        }
        else if (enumerates && id.IsNull)
        {
            next = table.First;
            status = TdxStatus.MetadataFirstFieldIdInContext;
        }
        else
        {
            status = table.Read(context, id, out value, out next);
        }

        registers.R8 = value;
        registers.Rdx = enumerates ? next.Value : registers.Rdx;
        return status;
    }

    /// <summary>Writes R8 to the element that RDX names, where R9 has a bit set; R8 gets the value until now, or 0.</summary>
    /// <param name="table">The fields of the leaf's scope.</param>
    /// <param name="context">What they belong to.</param>
    /// <param name="registers">Operands in, results out.</param>
    public static TdxStatus Write<TContext>(this MetadataTable<TContext> table, TContext context, ref KvmRegs registers)
    {
        ulong old = 0;
        TdxStatus status = registers.Rcx != 0
            ? TdxStatus.OperandInvalid.With(OperandId.RCX)
            : table.Write(context, new MetadataFieldId(registers.Rdx), registers.R8, registers.R9, out old);
        registers.R8 = old;
        return status;
    }
}
