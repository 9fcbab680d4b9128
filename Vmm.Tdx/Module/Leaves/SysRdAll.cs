using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.SYS.RDALL (leaf 12): reads all global metadata into a list page.</summary>
/// <param name="module">The module.</param>
/// <param name="operands">Memory operands.</param>
public sealed class SysRdAll(ModuleState module, GpaOperands operands) : ITdCallLeaf
{
    private const int PageSize = (int)GuestMemory.PageSize;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.SysRdAll;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        TdCallResult page = operands.Resolve(registers.Rdx, OperandId.RDX, PageSize, PageSize, allowShared: false, GuestAccess.Write, out Span<byte> list);
        MetadataFieldId next = MetadataFieldId.Null;
        TdCallResult result = page.IsSuccess ? MetadataList.Write(SysFields.Table, module, new MetadataFieldId(registers.R8), list, out next) : page;
        if (result.Violation is null)
        {
            registers.R8 = next.Value;
        }

        return result;
    }
}
