namespace Vmm.Integration.Tests.VmCalls;

/// <summary>What a guest puts into a page when it has shared it.</summary>
internal sealed record SharedPageContent(ulong Address, byte[] Bytes);
