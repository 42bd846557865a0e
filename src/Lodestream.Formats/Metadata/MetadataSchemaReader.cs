using System.Text.Json;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Metadata;

/// <summary>Reads the JSON of a 3D Metadata schema, inline or from a file of its own.</summary>
public static class MetadataSchemaReader
{
    /// <summary>Reads a schema.</summary>
    /// <param name="json">UTF-8 text that begins with the schema's object; what follows it is not looked at. The schema keeps the text.</param>
    /// <param name="schema">The schema, where it went well.</param>
    public static ReadOutcome Read(ReadOnlyMemory<byte> json, out MetadataSchema? schema)
    {
        schema = null;
        try
        {
            var walker = new JsonWalker(json.Span);
            if (!walker.EnterObject())
                return ReadOutcome.Malformed("the schema is not a JSON object");
            var read = new MetadataSchema();
            var enumNames = new Dictionary<MetadataProperty, string>();
            var error = ReadSchema(ref walker, json, read, enumNames) ?? ResolveEnums(read, enumNames);
            if (error is not null)
                return ReadOutcome.Malformed(error);
            schema = read;
            return ReadOutcome.Ok;
        }
        catch (JsonException e)
        {
            return ReadOutcome.Malformed($"the schema is not valid JSON: {MessageText.ReasonOf(e)} (byte {e.BytePositionInLine ?? 0} of its line {(e.LineNumber ?? 0) + 1})");
        }
    }

    private static string? ReadSchema(ref JsonWalker walker, ReadOnlyMemory<byte> json, MetadataSchema schema, Dictionary<MetadataProperty, string> enumNames)
    {
        var classes = new Dictionary<string, MetadataClass>(StringComparer.Ordinal);
        var enums = new Dictionary<string, MetadataEnum>(StringComparer.Ordinal);
        (schema.Classes, schema.Enums) = (classes, enums);
        string? error = null;

        // The first error ends it: what is left of it has not been read.
        while (error is null && walker.NextProperty())
        {
            if (walker.Is("id"u8))
                schema.Id = walker.String() ?? "";
            else if (walker.Is("name"u8))
                schema.Name = walker.String();
            else if (walker.Is("description"u8))
                schema.Description = walker.String();
            else if (walker.Is("version"u8))
                schema.Version = walker.String();
            else if (walker.Is("classes"u8))
                error = ReadClasses(ref walker, json, classes, enumNames);
            else if (walker.Is("enums"u8))
                error = ReadEnums(ref walker, enums);
            else
                walker.SkipValue();
        }
        return error;
    }

    private static string? ReadClasses(ref JsonWalker walker, ReadOnlyMemory<byte> json, Dictionary<string, MetadataClass> classes, Dictionary<MetadataProperty, string> enumNames)
    {
        if (!walker.EnterObject())
            return "schema.classes is not an object";
        string? error = null;
        while (error is null && walker.NextProperty())
        {
            var read = new MetadataClass(walker.Name());
            error = ReadClass(ref walker, json, read, enumNames);
            classes[read.Id] = read;
        }
        return error;
    }

    private static string? ReadEnums(ref JsonWalker walker, Dictionary<string, MetadataEnum> enums)
    {
        if (!walker.EnterObject())
            return "schema.enums is not an object";
        string? error = null;
        while (error is null && walker.NextProperty())
        {
            var read = new MetadataEnum(walker.Name());
            error = ReadEnum(ref walker, read);
            enums[read.Id] = read;
        }
        return error;
    }

    private static string? ReadClass(ref JsonWalker walker, ReadOnlyMemory<byte> json, MetadataClass into, Dictionary<MetadataProperty, string> enumNames)
    {
        var properties = new List<MetadataProperty>();
        into.Properties = properties;
        string? error = null;
        if (!walker.EnterObject())
            return $"schema.classes.{into.Id} is not an object";
        while (walker.NextProperty())
        {
            if (walker.Is("name"u8))
                into.Name = walker.String();
            else if (walker.Is("description"u8))
                into.Description = walker.String();
            else if (!walker.Is("properties"u8))
                walker.SkipValue();
            else if (walker.EnterObject())
            {
                while (walker.NextProperty())
                {
                    var property = new MetadataProperty(walker.Name(), json);
                    if (ReadProperty(ref walker, property, enumNames) is { } wrong)
                        error ??= $"schema.classes.{into.Id}.properties.{property.Id} {wrong}";
                    properties.Add(property);
                }
            }
        }
        return error;
    }

    private static string? ReadProperty(ref JsonWalker walker, MetadataProperty into, Dictionary<MetadataProperty, string> enumNames)
    {
        string? typeName = null, componentName = null, enumName = null;
        if (!walker.EnterObject())
            return "is not an object";
        while (walker.NextProperty())
        {
            if (walker.Is("type"u8))
                typeName = walker.String();
            else if (walker.Is("componentType"u8))
                componentName = walker.String();
            else if (walker.Is("enumType"u8))
                enumName = walker.String();
            else if (walker.Is("name"u8))
                into.Name = walker.String();
            else if (walker.Is("description"u8))
                into.Description = walker.String();
            else if (walker.Is("semantic"u8))
                into.Semantic = walker.String();
            else if (walker.Is("array"u8))
                into.IsArray = walker.Flag();
            else if (walker.Is("count"u8))
                into.Count = walker.Integer(-1);
            else if (walker.Is("normalized"u8))
                into.IsNormalized = walker.Flag();
            else if (walker.Is("required"u8))
                into.IsRequired = walker.Flag();
            else if (walker.Is("noData"u8))
                into.NoDataAt = PlaceOfValue(ref walker);
            else if (walker.Is("default"u8))
                into.DefaultAt = PlaceOfValue(ref walker);
            else if (walker.Is("min"u8))
                into.MinimumAt = PlaceOfValue(ref walker);
            else if (walker.Is("max"u8))
                into.MaximumAt = PlaceOfValue(ref walker);
            else if (walker.Is("offset"u8))
                into.OffsetAt = PlaceOfValue(ref walker);
            else if (walker.Is("scale"u8))
                into.ScaleAt = PlaceOfValue(ref walker);
            else
                walker.SkipValue();
        }
        if (enumName is not null)
            enumNames[into] = enumName;
        return FaultOf(into, typeName, componentName, enumName);
    }

    private static string? FaultOf(MetadataProperty property, string? typeName, string? componentName, string? enumName)
    {
        if (MetadataTypes.TypeOf(typeName) is not { } type)
            return typeName is null ? "has no type" : $"has type {MessageText.Quoted(typeName)}, which is none of 3D Metadata";
        property.Type = type;
        property.ComponentType = MetadataTypes.ComponentTypeOf(componentName);
        if (type is MetadataType.Boolean or MetadataType.String or MetadataType.Enum)
            property.ComponentType = MetadataComponentType.None;
        else if (property.ComponentType == MetadataComponentType.None)
            return componentName is null ? $"is of type {typeName} and has no componentType" : $"has componentType {MessageText.Quoted(componentName)}, which is none of 3D Metadata";
        if (type == MetadataType.Enum && enumName is null)
            return "is of type ENUM and has no enumType";
        if (property.Count < 0 || (property.Count > 0 && !property.IsArray))
            return property.IsArray ? "has a count that is no positive integer" : "has a count and is no array";
        property.IsNormalized &= MetadataTypes.IsInteger(property.ComponentType);
        return null;
    }

    private static string? ReadEnum(ref JsonWalker walker, MetadataEnum into)
    {
        var values = new List<(string, long)>();
        into.Values = values;
        if (!walker.EnterObject())
            return $"schema.enums.{into.Id} is not an object";
        while (walker.NextProperty())
        {
            if (walker.Is("name"u8))
                into.Name = walker.String();
            else if (walker.Is("description"u8))
                into.Description = walker.String();
            else if (walker.Is("valueType"u8))
                into.ValueType = MetadataTypes.ComponentTypeOf(walker.String());
            else if (!walker.Is("values"u8))
                walker.SkipValue();
            else if (walker.EnterArray())
            {
                while (walker.NextObject())
                    values.Add(ReadEnumValue(ref walker));
            }
        }
        return MetadataTypes.IsInteger(into.ValueType) ? null : $"schema.enums.{into.Id} has a valueType that is no integer";
    }

    private static (string Name, long Value) ReadEnumValue(ref JsonWalker walker)
    {
        var name = "";
        double value = 0;
        while (walker.NextProperty())
        {
            if (walker.Is("name"u8))
                name = walker.String() ?? "";
            else if (walker.Is("value"u8))
                value = walker.Number(0);
            else
                walker.SkipValue();
        }
        return (name, (long)value);
    }

    private static string? ResolveEnums(MetadataSchema schema, Dictionary<MetadataProperty, string> enumNames)
    {
        foreach (var (property, name) in enumNames)
        {
            if (property.Type != MetadataType.Enum)
                continue;
            if (!schema.Enums.TryGetValue(name, out var found))
                return $"the property {property.Id} is of the enum {MessageText.Quoted(name)}, which the schema does not have";
            (property.Enum, property.ComponentType) = (found, found.ValueType);
        }
        return null;
    }

    // Where the value begins; it is read when somebody asks for it.
    private static int PlaceOfValue(ref JsonWalker walker)
    {
        _ = walker.IsArrayNext;
        var at = (int)walker.Offset;
        walker.SkipValue();
        return at;
    }
}
