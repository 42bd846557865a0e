namespace Lodestream.Tests.Shared;

/// <summary>A test on real data, skipped with a reason where the data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (DataFolder.Path is null)
            Skip = DataFolder.Absent;
    }
}

/// <summary>A theory about real data, skipped with a reason where the data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (DataFolder.Path is null)
            Skip = DataFolder.Absent;
    }
}
