# Reads a collection as a Perl user would: read.pl URI DATABASE COLLECTION. Prints what it saw as JSON.
use strict;
use warnings;
use JSON::PP;
use MongoDB;

my ($uri, $name, $of) = @ARGV;
my $client = MongoDB->connect($uri);
my $database = $client->get_database($name);
my $collection = $database->get_collection($of);
my $few = { _id => { '$lte' => 5 } };
my %seen = (
    version => MongoDB->VERSION,
    ids => [map { $_->{_id} } $collection->find({}, { batchSize => 100 })->all],
    one => $collection->find_one({ _id => 43 })->{_id},
    count => $collection->count_documents($few),
    estimated => $collection->estimated_document_count,
    aggregated => scalar($collection->aggregate([{ '$match' => $few }])->all),
    collections => [$database->collection_names],
    databases => [$client->database_names],
    withOptions => undef,
    out => undef,
    insert => undef,
);
# What the driver's options add to a read; sessions it refuses itself with every server that is not in a set.
my %options = (comment => 'few', hint => '_id_', maxTimeMS => 60000);
my @found = $collection->find($few, { %options, batchSize => 2 })->all;
my @aggregated = $collection->aggregate([{ '$match' => $few }], \%options)->all;
$seen{withOptions} = [scalar(@found), scalar(@aggregated)];
$seen{out} = $@->code if !eval { $collection->aggregate([{ '$out' => 'new' }]); 1 };
$seen{insert} = $@->code if !eval { $collection->insert_one({ _id => 'new' }); 1 };
print JSON::PP->new->utf8->encode(\%seen), "\n";
