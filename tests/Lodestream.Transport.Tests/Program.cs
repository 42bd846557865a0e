using System.Globalization;
using Lodestream.Transport.Tests.Caching;

// The tests' own program is what they start, and kill, as another process; and it measures, which is no test.
return args switch
{
    ["write-cache", var folder, var seed] => await CacheWriter.RunAsync(folder, int.Parse(seed, CultureInfo.InvariantCulture)),
    ["measure-cache"] => await CacheMeasure.RunAsync(),
    _ => 2,
};
