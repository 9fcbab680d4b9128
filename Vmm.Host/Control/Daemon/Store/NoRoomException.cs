namespace Vmm.Host.Control.Daemon.Store;

/// <summary>The disk is full, or the user's share of it.</summary>
internal sealed class NoRoomException(string path, IOException cause) : IOException($"{path}: no room left on the disk", cause)
{
}
