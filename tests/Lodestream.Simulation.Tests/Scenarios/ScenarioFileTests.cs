using System.Text;
using Lodestream.Scene;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Scenarios;

namespace Lodestream.Simulation.Tests.Scenarios;

/// <summary>Scenario and camera files, as people write them.</summary>
public sealed class ScenarioFileTests
{
    [Fact]
    public void Every_key_of_the_schema_is_read()
    {
        var scenario = Parse("""
            { "scene": "world", "viewport": [800, 600], "fovY": 45, "sse": 8, "fps": 30, "seed": 7, "memoryMB": 64, "network": "4g", "policy": "error",
              "camera": [ { "t": 0, "position": [1,2,3], "direction": [1,0,0], "up": [0,0,1] } ],   // comments are let through
              "settleLimitS": 180,
              "events": [ { "t": 3, "outage": 2 }, { "t": 4, "change": "a.glb" }, { "t": 5, "memoryPressure": true }, { "t": 6, "layer": "water", "visible": false }, { "t": 7, "unloadAll": true }, { "t": 8, "shedTextures": 20 } ],
              "gates": { "holes": { "max": 0 }, "primaryGeometricSsePx.p95": { "min": 1, "max": 16 } } }
            """);
        Assert.Equal("world", scenario.Scene);
        Assert.Equal((800, 600), scenario.Viewport);
        Assert.Equal((45, 8, 30, 7UL, 64), (scenario.FovYDegrees, scenario.TargetErrorPx, scenario.FramesPerSecond, scenario.Seed, scenario.MemoryMB));
        Assert.Equal(12, scenario.Network.BandwidthMbit);
        Assert.Equal(180, scenario.SettleLimitS);
        Assert.Equal(new(1, 2, 3), Assert.IsType<CameraChoice.Keyframes>(scenario.Camera).Frames.Single().Position);
        Assert.Equal(
            [new ScenarioEvent.Outage(3, 2), new ScenarioEvent.Change(4, "a.glb"), new ScenarioEvent.MemoryPressure(5), new ScenarioEvent.Layer(6, ContentFamily.Water, false), new ScenarioEvent.UnloadAll(7), new ScenarioEvent.ShedTextures(8, 20)],
            scenario.Events);
        Assert.Equal([new("holes", 0, true), new("primaryGeometricSsePx.p95", 1, false), new("primaryGeometricSsePx.p95", 16, true)], scenario.Gates);
    }

    [Theory]
    [InlineData("""{ "camra": "orbit" }""", "camra: is not known")]
    [InlineData("""{ "fps": "60" }""", "fps: is a string; it takes a number")]
    [InlineData("""{ "fps": 0 }""", "fps: is 0; it takes 1 to 1000")]
    [InlineData("""{ "settleLimitS": 0 }""", "settleLimitS: is 0; it takes 1 to 3600")]
    [InlineData("""{ "seed": -1 }""", "seed: is the number -1")]
    [InlineData("""{ "fps": 60, "fps": 30 }""", "fps: is there twice")]
    [InlineData("""{ "viewport": [1920] }""", "viewport: has 1 numbers")]
    [InlineData("""{ "network": "fast" }""", "network: network 'fast' is not known")]
    [InlineData("""{ "policy": "nearest" }""", "policy: the policy 'nearest' is not known; there are error, pyramid and proximity")]
    [InlineData("""{ "camera": "sideways" }""", "camera: 'sideways' is not known")]
    [InlineData("""{ "camera": [] }""", "camera: there is no keyframe")]
    [InlineData("""{ "camera": [ { "t": 0, "position": [0,0], "direction": [1,0,0], "up": [0,0,1] } ] }""", "camera[0].position: has 2 numbers")]
    [InlineData("""{ "camera": [ { "t": 0, "position": [0,0,0], "direction": [0,0,1], "up": [0,0,1] } ] }""", "camera[0].up: is parallel")]
    [InlineData("""{ "events": [ { "t": 1, "outage": 1, "change": "a" } ] }""", "events[0].change: is not known")]
    [InlineData("""{ "events": [ { "t": 1 } ] }""", "events[0]: nothing happens")]
    [InlineData("""{ "events": [ { "t": 1, "layer": "clouds", "visible": true } ] }""", "events[0].layer: 'clouds' is not known")]
    [InlineData("""{ "gates": { "speed": { "max": 1 } } }""", "gates.speed: there is no figure 'speed'")]
    [InlineData("""{ "gates": { "holes": { } } }""", "gates.holes: takes min or max")]
    [InlineData("[]", "is a list; it takes an object")]
    [InlineData("{ \n \"fps\" }", "LineNumber: 1")]
    public void What_is_wrong_is_said_with_file_and_place(string json, string message)
    {
        var error = Assert.Throws<FormatException>(() => Parse(json));
        Assert.StartsWith("test.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_file_holds_keyframes_or_poses()
    {
        var keyframes = CameraFile.Parse("k.json", Encoding.UTF8.GetBytes("""[ { "t": 0, "position": [0,0,9], "direction": [1,0,0], "up": [0,0,1] }, { "t": 2, "position": [4,0,9], "direction": [0,1,0], "up": [0,0,1] } ]"""));
        Assert.Equal(2, Assert.IsType<CameraChoice.Keyframes>(keyframes).Frames.Count);
        var poses = CameraFile.Parse("p.json", Encoding.UTF8.GetBytes("""{ "poses": [ { "position": [0,0,9], "direction": [1,0,0], "up": [0,0,1] } ] }"""));
        Assert.Single(Assert.IsType<CameraChoice.Recorded>(poses).Path.Poses);
        Assert.Contains("[1].t: is 1 s, before", Assert.Throws<FormatException>(() => CameraFile.Parse(
            "k.json", Encoding.UTF8.GetBytes("""[ { "t": 2, "position": [0,0,9], "direction": [1,0,0], "up": [0,0,1] }, { "t": 1, "position": [4,0,9], "direction": [0,1,0], "up": [0,0,1] } ]"""))).Message, StringComparison.Ordinal);
    }

    private static SimulationScenario Parse(string json) => ScenarioFile.Parse("test.json", Encoding.UTF8.GetBytes(json));
}
