// A vCPU wants a processor for itself, and tests that wait for a timer want quiet.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
