namespace Vmm.Core.Memory;

/// <summary>Through which alias a guest page can be reached. An ordinary guest's pages have both.</summary>
[Flags]
public enum PageAccess : byte
{
    /// <summary>Neither: a TD's page that waits to be accepted.</summary>
    None = 0,

    /// <summary>Through the address without the shared bit.</summary>
    Private = 1,

    /// <summary>Through the address with the shared bit, and by devices.</summary>
    Shared = 2,

    /// <summary>Both: no isolation.</summary>
    Both = Private | Shared,
}
