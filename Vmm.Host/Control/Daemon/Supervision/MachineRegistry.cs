using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>All machines of a daemon, by name.</summary>
internal sealed class MachineRegistry : IDisposable
{
    /// <summary>How many machines a daemon keeps.</summary>
    public const int Most = 1000;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ManagedMachine> _machines = new(StringComparer.Ordinal);
    private readonly StateFolder _folder;
    private readonly MachineParts _parts;
    private readonly ITimer _sweep;

    /// <summary>Loads the machines of a state folder, and finds their processes again.</summary>
    public MachineRegistry(StateFolder folder, MachineParts parts)
    {
        _folder = folder;
        _parts = parts;
        foreach (MachineFolder one in folder.All())
        {
            if (one.IsComplete || Directory.Exists(one.Run))
            {
                _machines.Add(one.Name, ManagedMachine.Load(one, parts));
            }
            else
            {
                // The daemon ended in the midst of a Create, whose client got no answer.
                one.Remove(folder.NewRubbish());
            }
        }

        // A notice can get lost, for one when many come at once.
        _sweep = parts.Clock.CreateTimer(_ => Sweep(), state: null, SweepEvery, SweepEvery);
    }

    /// <summary>All machines in the order of their names.</summary>
    public IReadOnlyList<ManagedMachine> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _machines.Values];
            }
        }
    }

    /// <summary>A machine.</summary>
    /// <exception cref="ControlException">There is none of that name.</exception>
    public ManagedMachine this[string name] => Find(name) ?? throw new ControlException(ControlReason.NoSuchMachine, $"there is no machine \"{name}\"");

    /// <summary>Defines a machine.</summary>
    /// <exception cref="ControlException">It cannot be.</exception>
    public ManagedMachine Create(CreateRequest request)
    {
        string name = DefinitionCheck.NameOf(request);
        if (!_parts.Runtime.HasRoomFor(name))
        {
            throw new ControlException(ControlReason.BadName, $"the name \"{name}\" makes the path of a socket too long; choose a shorter one");
        }

        lock (_gate)
        {
            if (_machines.TryGetValue(name, out ManagedMachine? there))
            {
                // The daemon ended before it could note the answer.
                return request.RequestId.Length > 0 && there.CreatedBy == request.RequestId
                    ? there
                    : throw new ControlException(ControlReason.NameTaken, $"there is a machine \"{name}\" already");
            }

            if (_machines.Count >= Most)
            {
                throw new ControlException(ControlReason.NoRoom, $"a daemon keeps at most {Most} machines; delete some");
            }

            StoredDefinition definition = new()
            {
                Name = name,
                CreatedAt = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow()),
                Definition = request.Definition ?? new Definition(),
                Restart = request.Restart,
                RequestId = request.RequestId,
            };
            try
            {
                ManagedMachine machine = ManagedMachine.Create(_folder.Machine(name), _parts, definition);
                _machines.Add(name, machine);
                return machine;
            }
            catch (IOException e)
            {
                throw new ControlException(ControlReason.NoRoom, $"machine \"{name}\" cannot be written down: {e.Message}");
            }
        }
    }

    /// <summary>Forgets a machine.</summary>
    /// <exception cref="ControlException">There is none of that name, or it runs and is not to be killed.</exception>
    public async Task DeleteAsync(string name, bool force, CancellationToken cancellation)
    {
        ManagedMachine machine = this[name];
        if (force)
        {
            await machine.KillAsync(cancellation);
            machine.KillStranger();
        }

        lock (_gate)
        {
            try
            {
                machine.Delete(_folder.NewRubbish());
            }
            catch (IOException e)
            {
                throw new ControlException(ControlReason.NoRoom, $"machine \"{name}\" cannot be removed: {e.Message}");
            }

            _machines.Remove(name);
        }
    }

    /// <summary>Something happened to a machine.</summary>
    public void Notice(string name) => Find(name)?.Refresh();

    public void Dispose() => _sweep.Dispose();

    private ManagedMachine? Find(string name)
    {
        lock (_gate)
        {
            return _machines.GetValueOrDefault(name);
        }
    }

    private void Sweep()
    {
        foreach (ManagedMachine machine in All)
        {
            machine.RefreshIfChanged();
        }
    }
}
