// Reads a collection as a Go user would: read URI DATABASE COLLECTION. Prints what it saw as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/version"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// The server's code of a refusal; nil if there was none.
func codeOf(err error) interface{} {
	if refusal, ok := err.(mongo.CommandError); ok {
		return refusal.Code
	}
	if err != nil {
		return err.Error()
	}
	return nil
}

func main() {
	ctx := context.Background()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(os.Args[1]))
	must(err)
	database := client.Database(os.Args[2])
	collection := database.Collection(os.Args[3])
	few := bson.M{"_id": bson.M{"$lte": 5}}

	var all, some []struct {
		ID int64 `bson:"_id"`
	}
	cursor, err := collection.Find(ctx, bson.M{}, options.Find().SetBatchSize(100))
	must(err)
	must(cursor.All(ctx, &all))
	ids := []int64{}
	for _, document := range all {
		ids = append(ids, document.ID)
	}
	var one struct {
		ID int64 `bson:"_id"`
	}
	must(collection.FindOne(ctx, bson.M{"_id": 43}).Decode(&one))
	count, err := collection.CountDocuments(ctx, few)
	must(err)
	estimated, err := collection.EstimatedDocumentCount(ctx)
	must(err)
	cursor, err = collection.Aggregate(ctx, mongo.Pipeline{{{Key: "$match", Value: few}}})
	must(err)
	must(cursor.All(ctx, &some))
	collections, err := database.ListCollectionNames(ctx, bson.M{})
	must(err)
	databases, err := client.ListDatabaseNames(ctx, bson.M{})
	must(err)

	// What the driver's options add to a read.
	withOptions := make([]int, 2)
	causal := options.Session().SetCausalConsistency(true)
	must(client.UseSessionWithOptions(ctx, causal, func(ctx mongo.SessionContext) error {
		find := options.Find().SetComment("few").SetHint("_id_").SetMaxTime(time.Minute).SetBatchSize(2)
		cursor, err := collection.Find(ctx, few, find)
		must(err)
		must(cursor.All(ctx, &some))
		withOptions[0] = len(some)
		aggregate := options.Aggregate().SetComment("few").SetHint("_id_").SetMaxTime(time.Minute)
		cursor, err = collection.Aggregate(ctx, mongo.Pipeline{{{Key: "$match", Value: few}}}, aggregate)
		must(err)
		must(cursor.All(ctx, &some))
		withOptions[1] = len(some)
		return nil
	}))
	api := options.ServerAPI(options.ServerAPIVersion1).SetStrict(true)
	stable, err := mongo.Connect(ctx, options.Client().ApplyURI(os.Args[1]).SetServerAPIOptions(api))
	must(err)
	cursor, err = stable.Database(os.Args[2]).Collection(os.Args[3]).Find(ctx, few, options.Find().SetBatchSize(2))
	must(err)
	var again []bson.M
	must(cursor.All(ctx, &again))
	_, err = collection.Aggregate(ctx, mongo.Pipeline{{{Key: "$out", Value: "new"}}})
	out := codeOf(err)
	_, err = collection.InsertOne(ctx, bson.M{"_id": "new"})
	insert := codeOf(err)
	seen, err := json.Marshal(map[string]interface{}{
		"version": version.Driver, "ids": ids, "one": one.ID, "count": count, "estimated": estimated,
		"aggregated": len(some), "collections": collections, "databases": databases, "insert": insert,
		"withOptions": withOptions, "stable": len(again), "out": out,
	})
	must(err)
	fmt.Println(string(seen))
}
